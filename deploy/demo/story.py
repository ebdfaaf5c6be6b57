"""What the demo does, step by step, over HTTP only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from client import Identification, RollcallClient, Segment
from client.cli.timeline import draw
from deploy.demo.conversation import Conversation, cut_out, own_turns
from deploy.demo.scoring import share_named_right
from deploy.demo.webhook import Receiver

WEBHOOK_SECONDS = 120


class WentWrong(Exception):
    """The demo did not show what it promises; the message says what was missing."""


class Story:
    """Tells the demo on a console."""

    def __init__(self, console: Console, client: RollcallClient, receiver: Receiver) -> None:
        self._console = console
        self._client = client
        self._receiver = receiver

    def packaged(self, conversation: Conversation) -> None:
        """One speaker enrolled, then both. Raises WentWrong unless both names and the webhook come back."""
        self._console.print(
            "\n[bold]A real conversation[/bold]: 30 s of two people on the telephone, which comes with "
            "pyannote.audio.\nThe voices are enrolled from this same recording, so this shows that all parts "
            "work together,\nnot how well voices are known again on another day or line."
        )
        first, second = sorted({segment.name for segment in conversation.reference})
        sample = cut_out(conversation.audio, own_turns(conversation.reference, first))
        self._enroll(first, sample, "from the turns that the reference gives this speaker")
        answer = self._identify(conversation, [first])
        self._show(conversation, answer, [first])
        self._require({first, None}, answer)

        turns = own_turns(answer, None)
        self._enroll(second, cut_out(conversation.audio, turns), "from the stranger's turns in that answer")
        answer = self._identify(conversation, [first, second])
        self._show(conversation, answer, [first, second])
        self._require({first, second}, answer)
        self._by_webhook(conversation, [first, second], answer)

    def users_own(self, conversation: Conversation) -> None:
        """Enrol the user's samples, identify the user's recording. Raises WentWrong if no webhook comes."""
        for name, path in conversation.samples:
            self._enroll(name, path, f"from {path.name}")
        names = sorted({name for name, _ in conversation.samples})
        answer = self._identify(conversation, names)
        draw(self._console, {"answer": answer})
        for name in sorted({segment.name for segment in answer}):
            seconds = sum(one.end_seconds - one.start_seconds for one in answer if one.name == name)
            self._console.print(f"  {name} speaks for {seconds:.1f} s")
        self._by_webhook(conversation, names, answer)

    def _enroll(self, name: str, sample: Path | bytes, source: str) -> None:
        with self._step(f"Enrolling {name} {source}"):
            self._client.enroll(name, sample)
        speaker = self._client.speakers.get(name)
        self._console.print(f"  {speaker.speech_seconds:.1f} s of speech, quality {speaker.quality}")

    def _identify(self, conversation: Conversation, names: list[str]) -> list[Segment]:
        with self._step(f"Who of {', '.join(names)} speaks when?"):
            return list(self._client.identify(conversation.audio, names).segments)

    def _show(self, conversation: Conversation, answer: Sequence[Segment], enrolled: list[str]) -> None:
        draw(self._console, {"reference": conversation.reference, "answer": answer})
        share = share_named_right(conversation.reference, answer, enrolled)
        self._console.print(f"  named right: [bold]{share:.0%}[/bold] of the speech in the reference")

    def _by_webhook(self, conversation: Conversation, names: list[str], expected: list[Segment]) -> None:
        with self._step("The same, answered to a webhook on this machine"):
            job = self._client.submit_identification(conversation.audio, names, webhook=self._receiver.url)
            secrets = [one.secret for one in self._client.webhooks.secrets()]
            told = self._receiver.wait_for_event(WEBHOOK_SECONDS, *secrets)
        if told is None or told.job is None or told.job.id != job.id:
            raise WentWrong(f"no webhook with the answer came within {WEBHOOK_SECONDS} s")
        if not isinstance(told.job.result, Identification) or list(told.job.result.segments) != expected:
            raise WentWrong("the webhook's answer is not the one before")
        self._console.print("  the webhook brought the same answer, and is signed")

    def _require(self, names: set[str | None], answer: Sequence[Segment]) -> None:
        missing = names - {segment.speaker_id for segment in answer}
        if missing:
            raise WentWrong(f"{', '.join(name or 'a stranger' for name in missing)} is missing in the answer")

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        self._console.print(f"\n[bold]{escape(title)}[/bold]")
        with self._console.status("working…"):
            yield
