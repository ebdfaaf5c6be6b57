"""``rollcall enroll``: samples of a speaker's voice."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from client.cli import choices, consent
from client.cli.complaints import Complaint
from client.cli.completion import complete_speakers
from client.cli.following import Followed
from client.cli.parallel import HOPELESS, in_parallel
from client.cli.progress import Bars
from client.cli.recordings import Recording, find_recordings
from client.cli.results import SomeFailed, of_recording
from client.cli.session import AsJson, Session, session_of
from client.errors import RollcallError
from client.resources import Job, SampleWarning, Speaker


def enroll(
    ctx: typer.Context,
    speaker: Annotated[
        str,
        typer.Argument(
            help="Id of the speaker: letters, digits, underscores.",
            autocompletion=complete_speakers,
            show_default=False,
        ),
    ],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RECORDING]...",
            help="Recordings of this one person: files, folders, addresses, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    from_job: Annotated[
        str | None,
        typer.Option(help="Enrol from an earlier job instead, without sending audio.", show_default=False),
    ] = None,
    segment: Annotated[
        list[int] | None,
        typer.Option(
            min=0,
            help="With --from-job: id of a segment of it; may be given several times.",
            show_default=False,
        ),
    ] = None,
    consent_by: consent.By = None,
    consent_at: consent.At = None,
    consent_purpose: consent.Purpose = None,
    consent_until: consent.Until = None,
    encoding: choices.Encoding = None,
    sample_rate: choices.SampleRate = None,
    webhook: choices.Webhook = None,
    metadata: choices.Metadata = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Print the jobs' ids and do not wait for their ends.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add samples of a speaker's voice; a new speaker is made.

    A sample needs at least 6 seconds of one person's speech; a minute is better.

    rollcall enroll alice alice.wav
    rollcall enroll bob --from-job 5f0d7a52-… --segment 1 --segment 4
    """
    session = session_of(ctx, as_json=as_json)
    given = consent.consent_of(consent_by, consent_at, consent_purpose, consent_until)
    if from_job or segment:
        _enroll_segments(session, speaker, from_job, segment, given, inputs)
        return
    if not inputs:
        raise Complaint("Name a recording of the speaker, or a job with --from-job.")
    wishes = {
        "consent": given,
        "encoding": encoding,
        "sample_rate": sample_rate,
        "webhook": webhook,
        "metadata": choices.named_values(metadata),
    }
    Enrolling(session, speaker, wishes, waits=not no_wait).run(find_recordings(inputs))


def _enroll_segments(
    session: Session,
    speaker: str,
    job_id: str | None,
    segments: list[int] | None,
    given: Mapping[str, Any] | None,
    inputs: list[str] | None,
) -> None:
    if not job_id or not segments or inputs:
        raise Complaint("--from-job goes with one --segment or more, and without recordings.")
    sample = session.client.speakers.enroll_segments(speaker, job_id, segments, consent=given)
    if session.output.as_json:
        session.output.json(sample.raw)
        return
    _say_warnings(session, sample.warnings)
    _say_enrolled(session, session.client.speakers.get(speaker))


class Enrolling:
    """One run over all samples of a speaker, one after the other: each is compared with those before."""

    def __init__(self, session: Session, speaker: str, wishes: Mapping[str, Any], *, waits: bool) -> None:
        self._session = session
        self._speaker = speaker
        self._wishes = wishes
        self._waits = waits
        self._followed = Followed(session.client, session.output)

    def run(self, recordings: list[Recording]) -> None:
        """Enrol them. Raises the error of an only one, or that some failed."""
        errors: list[RollcallError | Complaint] = []
        enrolled, is_one_of_several = 0, len(recordings) > 1
        with self._followed.canceled_with_this(), Bars(self._session.output, len(recordings)) as bars:
            for outcome in in_parallel(recordings, lambda one: self._enrolled(one, bars), 1):
                if outcome.result is not None:
                    self._show(outcome.result, is_one_of_several)
                    enrolled += 1
                elif outcome.error:
                    errors.append(outcome.error)
                    if is_one_of_several:
                        self._session.output.fault(f"{outcome.item.name}: {outcome.error}")
        if errors and not is_one_of_several:
            raise of_recording(recordings[0].name, errors[0])
        if enrolled and self._waits and not self._session.output.as_json:
            _say_enrolled(self._session, self._session.client.speakers.get(self._speaker))
        hopeless = next((error for error in errors if isinstance(error, HOPELESS)), None)
        if hopeless:
            raise hopeless
        if errors:
            raise SomeFailed(f"{len(errors)} of {len(recordings)} samples failed.")

    def _enrolled(self, recording: Recording, bars: Bars) -> Job:
        with bars.of(recording.name) as tell:
            if not self._waits:
                return self._submitted(recording)
            return self._followed.succeeded(lambda: self._submitted(recording), tell)

    def _submitted(self, recording: Recording) -> Job:
        return self._session.client.submit_enrollment(self._speaker, recording.audio, **self._wishes)

    def _show(self, job: Job, is_one_of_several: bool) -> None:
        output = self._session.output
        if output.as_json:
            output.json(job.raw, in_one_line=is_one_of_several)
        elif not self._waits:
            output.text(f"{job.id}\n")
        elif job.result is not None:
            _say_warnings(self._session, getattr(job.result, "warnings", ()))


def _say_warnings(session: Session, warnings: tuple[SampleWarning, ...]) -> None:
    for warning in warnings:
        session.output.note(f"Warning: {warning.message}", "yellow")


def _say_enrolled(session: Session, speaker: Speaker) -> None:
    state = (
        "is enrolled" if speaker.enrollment_complete else "needs more speech before anybody can look for him"
    )
    session.output.out.print(
        f"{speaker.id} {state}: {speaker.speech_seconds:.1f} s of speech, quality {speaker.quality}",
        markup=False,
        soft_wrap=True,
    )
