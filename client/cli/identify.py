"""``rollcall identify``: who speaks when in recordings."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from client.cli import choices
from client.cli.complaints import Complaint
from client.cli.completion import complete_speakers
from client.cli.following import Followed
from client.cli.parallel import Outcome, in_parallel
from client.cli.progress import Bars
from client.cli.recordings import Recording, find_recordings
from client.cli.rendering import Format
from client.cli.results import Results
from client.cli.session import AsJson, Session, session_of
from client.resources import Identification, Job
from client.service import ALL


@dataclass(frozen=True)
class Found:
    """A job, and what it found if it was waited for."""

    job: Job
    result: Identification | None = None


def identify(
    ctx: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="RECORDING...",
            help="Files, folders (all recordings in them, at any depth), addresses, or - for standard input.",
            show_default=False,
        ),
    ],
    speaker: Annotated[
        list[str] | None,
        typer.Option(
            "--speaker",
            "-s",
            help="Whom to look for; may be given several times. Everybody who is enrolled by default.",
            autocompletion=complete_speakers,
            show_default=False,
        ),
    ] = None,
    output_format: choices.OutputFormat = None,
    output: choices.ResultFile = None,
    new_only: Annotated[
        bool,
        typer.Option(
            "--new-only", help="Leave out recordings whose result is in the folder of --output already."
        ),
    ] = False,
    as_json: AsJson = False,
    num_speakers: Annotated[
        int | None, typer.Option(min=1, help="How many people speak, if that is known.", show_default=False)
    ] = None,
    min_speakers: Annotated[
        int | None, typer.Option(min=1, help="How many people speak at least.", show_default=False)
    ] = None,
    max_speakers: Annotated[
        int | None, typer.Option(min=1, help="How many people speak at most.", show_default=False)
    ] = None,
    false_accepts: Annotated[
        float | None,
        typer.Option(
            help="How likely a stranger may get a name, from 0.0001 to 0.5. Less means fewer wrong names and "
            "more people who are not recognised.",
            show_default=False,
        ),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(help="Least score of a name, in nats, instead of --false-accepts.", show_default=False),
    ] = None,
    exclusive: Annotated[
        bool, typer.Option("--exclusive", help="Give each name to one voice at most.")
    ] = False,
    encoding: choices.Encoding = None,
    sample_rate: choices.SampleRate = None,
    webhook: choices.Webhook = None,
    metadata: choices.Metadata = None,
    parallel: choices.Parallel = None,
    wait: choices.WaitSeconds = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Print the jobs' ids and do not wait for their ends.")
    ] = False,
) -> None:
    """Who speaks when? Names for enrolled voices, labels for strangers.

    rollcall identify meeting.wav
    rollcall identify calls/ --format rttm --output results/
    ffmpeg -i film.mkv -f wav - | rollcall identify -
    """
    session = session_of(ctx, as_json=as_json or output_format is Format.JSON)
    matching = {"target_false_accept": false_accepts, "threshold": threshold, "exclusive": exclusive or None}
    wishes = {
        "num_speakers": num_speakers,
        "min_speakers": min_speakers,
        "max_speakers": max_speakers,
        "matching": {name: value for name, value in matching.items() if value is not None} or None,
        "encoding": encoding,
        "sample_rate": sample_rate,
        "webhook": webhook,
        "metadata": choices.named_values(metadata),
    }
    recordings = find_recordings(inputs)
    wanted = Format.JSON if as_json else output_format or _configured(session)
    results = Results(session, wanted, output, inputs, len(recordings))
    if new_only:
        recordings = results.without_those_written(recordings)
    task = Identifying(session, speaker or ALL, wishes, wait_seconds=wait, waits=not no_wait)
    task.run(recordings, results, parallel or session.settings.parallel)


def _configured(session: Session) -> Format:
    chosen = session.settings.format
    try:
        return Format(chosen) if chosen else Format.TIMELINE
    except ValueError:
        raise Complaint(
            f"{session.settings.config_file}: format {chosen!r} is none of {', '.join(Format)}."
        ) from None


class Identifying:
    """One run over all recordings."""

    def __init__(
        self,
        session: Session,
        speakers: Sequence[str] | str,
        wishes: Mapping[str, Any],
        *,
        wait_seconds: float | None,
        waits: bool,
    ) -> None:
        self._session = session
        self._speakers = speakers
        self._wishes = wishes
        self._wait_seconds = wait_seconds
        self._waits = waits
        self._followed = Followed(session.client, session.output)

    def run(self, recordings: Sequence[Recording], results: Results, most: int) -> None:
        """Show or write every result as it comes. Raises the error of an only one, or that some failed."""
        with (
            self._followed.canceled_with_this(),
            Bars(self._session.output, len(recordings)) as bars,
            closing(in_parallel(recordings, lambda one: self._identified(one, bars), most)) as outcomes,
        ):
            for outcome in outcomes:
                self._take(outcome, results)
        results.close()

    def _take(self, outcome: Outcome[Recording, Found], results: Results) -> None:
        if outcome.error or outcome.result is None:
            results.failed(outcome.item, outcome.error or Complaint("nothing came back"))
        elif outcome.result.result is None:
            results.submitted(outcome.item, outcome.result.job)
        else:
            results.add(outcome.item, outcome.result.result)

    def _identified(self, recording: Recording, bars: Bars) -> Found:
        with bars.of(recording.name) as tell:
            if not self._waits:
                return Found(self._submitted(recording))
            job = self._followed.succeeded(lambda: self._submitted(recording), tell, self._wait_seconds)
        if not isinstance(job.result, Identification):
            raise TypeError(f"job {job.id} is no identification")
        return Found(job, job.result)

    def _submitted(self, recording: Recording) -> Job:
        return self._session.client.submit_identification(recording.audio, self._speakers, **self._wishes)
