"""What the demo does, step by step, over HTTP only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from client import RollcallClient, Segment
from client.service import UNKNOWN_SPEAKER, segments_of
from deploy.demo.conversation import Conversation, cut_out, own_turns
from deploy.demo.timeline import draw, share_named_right
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
        first, second = sorted({segment.speaker_id for segment in conversation.reference})
        sample = cut_out(conversation.audio, own_turns(conversation.reference, first))
        self._enroll(first, sample, "from the turns that the reference gives this speaker")
        answer = self._identify(conversation, [first])
        self._show(conversation, answer, [first])
        self._require({first, UNKNOWN_SPEAKER}, answer)

        turns = own_turns(answer, UNKNOWN_SPEAKER)
        self._enroll(second, cut_out(conversation.audio, turns), "from the stranger's turns in that answer")
        answer = self._identify(conversation, [first, second])
        self._show(conversation, answer, [first, second])
        self._require({first, second}, answer)
        self._by_webhook(conversation, [first, second], answer)

    def users_own(self, conversation: Conversation) -> None:
        """Enrol the user's samples, identify the user's recording. Raises WentWrong if no webhook comes."""
        for name, path in conversation.samples:
            with self._step(f"Enrolling {name} from {path.name}"):
                speaker = self._client.enroll(name, path)
            self._console.print(f"  {name}: {speaker.speech_seconds:.1f} s of speech, {speaker.quality}")
        names = sorted({name for name, _ in conversation.samples})
        answer = self._identify(conversation, names)
        draw(self._console, {"answer": answer})
        for name in sorted({segment.speaker_id for segment in answer}):
            seconds = sum(one.end_seconds - one.start_seconds for one in answer if one.speaker_id == name)
            self._console.print(f"  {name} speaks for {seconds:.1f} s")
        self._by_webhook(conversation, names, answer)

    def _enroll(self, name: str, sample: bytes, source: str) -> None:
        with self._step(f"Enrolling {name} {source}"):
            speaker = self._client.enroll(name, sample)
        self._console.print(f"  {speaker.speech_seconds:.1f} s of speech, quality {speaker.quality}")

    def _identify(self, conversation: Conversation, names: list[str]) -> list[Segment]:
        with self._step(f"Who of {', '.join(names)} speaks when? (synchronous call)"):
            return self._client.identify(conversation.audio, names)

    def _show(self, conversation: Conversation, answer: Sequence[Segment], enrolled: list[str]) -> None:
        draw(self._console, {"reference": conversation.reference, "answer": answer})
        share = share_named_right(conversation.reference, answer, enrolled)
        self._console.print(f"  named right: [bold]{share:.0%}[/bold] of the speech in the reference")

    def _by_webhook(self, conversation: Conversation, names: list[str], expected: list[Segment]) -> None:
        with self._step("The same by the asynchronous call, answered to a webhook on this machine"):
            request_id = self._client.identify_async(conversation.audio, names, self._receiver.url)
            body = self._receiver.wait(WEBHOOK_SECONDS)
        if body is None or body.get("request_id") != request_id or "response" not in body:
            raise WentWrong(f"no webhook with the answer came within {WEBHOOK_SECONDS} s")
        if segments_of(body["response"]) != expected:
            raise WentWrong("the webhook's answer is not the synchronous one")
        self._console.print("  the webhook brought the same answer")

    def _require(self, names: set[str], answer: Sequence[Segment]) -> None:
        missing = names - {segment.speaker_id for segment in answer}
        if missing:
            raise WentWrong(f"{', '.join(sorted(missing))} is missing in the answer")

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        self._console.print(f"\n[bold]{escape(title)}[/bold]")
        with self._console.status("working…"):
            yield
