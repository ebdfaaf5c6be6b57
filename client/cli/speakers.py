"""``rollcall speakers``: who is enrolled."""

from itertools import islice
from typing import Annotated

import typer

from client.cli import choices
from client.cli.completion import complete_speakers
from client.cli.output import shown_time
from client.cli.session import AsJson, session_of
from client.resources import Sample, Speaker

app = typer.Typer(help="Enrolled speakers and their samples.", no_args_is_help=True)

SpeakerId = Annotated[
    str, typer.Argument(help="Id of the speaker.", autocompletion=complete_speakers, show_default=False)
]
COLUMNS = ("speaker", "enrolled", "quality", "speech", "audio", "consent until")
SAMPLE_COLUMNS = ("sample", "added", "speech", "audio", "agreement", "warnings")


@app.command("list")
def list_speakers(ctx: typer.Context, limit: choices.Limit = 1000, as_json: AsJson = False) -> None:
    """Everybody who has a sample."""
    session = session_of(ctx, as_json=as_json)
    session.show(list(islice(session.client.speakers.list(), limit)), COLUMNS, _cells)


@app.command("show")
def show_speaker(ctx: typer.Context, speaker: SpeakerId, as_json: AsJson = False) -> None:
    """One speaker in numbers."""
    session = session_of(ctx, as_json=as_json)
    found = session.client.speakers.get(speaker)
    session.show_one(found, COLUMNS, _cells)


@app.command("delete")
def delete_speaker(
    ctx: typer.Context,
    speaker: SpeakerId,
    results: Annotated[
        bool, typer.Option("--results", help="Take his name out of results that are kept, too.")
    ] = False,
    yes: choices.Yes = False,
    as_json: AsJson = False,
) -> None:
    """Erase a speaker with all samples and voiceprints, for good."""
    session = session_of(ctx, as_json=as_json)
    choices.require_yes(f"Erase {speaker} for good?", yes=yes)
    erased = session.client.speakers.delete(speaker, results=results)
    if as_json:
        session.output.json(erased.raw)
    else:
        scrubbed = f", and his name from {erased.jobs_scrubbed} results" if results else ""
        session.output.note(f"{erased.id} is erased with {erased.samples} samples{scrubbed}.")


@app.command("samples")
def list_samples(ctx: typer.Context, speaker: SpeakerId, as_json: AsJson = False) -> None:
    """A speaker's samples, newest first."""
    session = session_of(ctx, as_json=as_json)
    session.show(list(session.client.speakers.samples(speaker)), SAMPLE_COLUMNS, _sample_cells)


@app.command("delete-sample")
def delete_sample(
    ctx: typer.Context,
    speaker: SpeakerId,
    sample: Annotated[str, typer.Argument(help="Id of the sample.", show_default=False)],
    yes: choices.Yes = False,
) -> None:
    """Erase one sample; the voiceprint is made of those that remain."""
    session = session_of(ctx)
    choices.require_yes(f"Erase sample {sample} of {speaker} for good?", yes=yes)
    session.client.speakers.delete_sample(speaker, sample)
    session.output.note(f"Sample {sample} is erased.")


@app.command("confusable")
def list_confusable(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Pairs of speakers who are easily taken for each other, worst first."""
    session = session_of(ctx, as_json=as_json)
    session.show(
        list(session.client.speakers.confusable()),
        ("speaker", "and", "score", "false accepts"),
        lambda pair: (*pair.speaker_ids, f"{pair.score:.1f}", f"{pair.false_accept_probability:.2%}"),
    )


def _cells(speaker: Speaker) -> tuple[str, ...]:
    expires = (speaker.consent or {}).get("expires_at") or ("always" if speaker.consent else "")
    complete = "yes" if speaker.enrollment_complete else "needs more speech"
    seconds = (f"{speaker.speech_seconds:.1f} s", f"{speaker.audio_seconds:.1f} s")
    return (speaker.id, complete, speaker.quality, *seconds, expires)


def _sample_cells(sample: Sample) -> tuple[str, ...]:
    agreement = f"{sample.agreement.confidence:.0%}" if sample.agreement else ""
    warnings = ", ".join(one.code.replace("_", " ") for one in sample.warnings)
    seconds = (f"{sample.speech_seconds:.1f} s", f"{sample.audio_seconds:.1f} s")
    return (sample.id, shown_time(sample.created_at), *seconds, agreement, warnings)
