"""Commands of ``rollcall jobs`` and ``rollcall speakers`` that correct names after jobs have ended."""

from typing import Annotated, Any

import typer

from client.cli import choices, consent
from client.cli.changes import say_changed
from client.cli.complaints import Complaint, exit_code
from client.cli.completion import complete_speakers, complete_voices
from client.cli.jobs import JobId
from client.cli.session import AsJson, Session, session_of
from client.cli.speakers import SpeakerId
from client.errors import Refused
from client.resources import Change

WaitSeconds = Annotated[
    float | None,
    typer.Option(
        "--wait",
        min=0,
        help="Seconds to wait for the comparison; it goes on. No end by default.",
        show_default=False,
    ),
]


def name_voice(
    ctx: typer.Context,
    job: JobId,
    voice: Annotated[
        str,
        typer.Argument(
            help="A name in the job's result, or a stranger's label.",
            autocompletion=complete_voices,
            show_default=False,
        ),
    ],
    speaker: Annotated[
        str | None,
        typer.Argument(
            help="Whose voice it is; a new speaker is made.",
            autocompletion=complete_speakers,
            show_default=False,
        ),
    ] = None,
    nobody: Annotated[
        bool, typer.Option("--nobody", help="Instead of a speaker: it is nobody's who is enrolled.")
    ] = False,
    no_enroll: Annotated[
        bool, typer.Option("--no-enroll", help="Give the name, and do not make the voice a sample.")
    ] = False,
    rematch: Annotated[
        bool, typer.Option("--rematch", help="Look for the speaker among earlier strangers at once.")
    ] = False,
    wait: WaitSeconds = None,
    consent_by: consent.By = None,
    consent_at: consent.At = None,
    consent_purpose: consent.Purpose = None,
    consent_until: consent.Until = None,
    as_json: AsJson = False,
) -> None:
    """Say whose a voice of a result is; it becomes a sample of his.

    rollcall jobs name 5f0d7a52-… speaker1 bob --rematch
    rollcall jobs name 5f0d7a52-… alice --nobody
    """
    session = session_of(ctx, as_json=as_json)
    if (speaker is None) != nobody:
        raise Complaint("Name the speaker whose voice it is, or say --nobody.")
    if nobody and rematch:
        raise Complaint("--rematch looks for a speaker; it does not go with --nobody.")
    wishes = {
        "enroll": not no_enroll,
        "rematch": rematch,
        "wait_seconds": wait,
        "consent": consent.consent_of(consent_by, consent_at, consent_purpose, consent_until),
    }
    say_changed(session, _named(session, job, voice, speaker, wishes))


def _named(session: Session, job: str, voice: str, speaker: str | None, wishes: dict[str, Any]) -> Change:
    """The change. Where only the sample cannot be, the error says which option does without."""
    try:
        with session.output.busy("Naming"):
            return session.client.jobs.name(job, voice, speaker, **wishes)
    except Refused as error:
        if "enroll" not in {field for field, _ in error.complaints}:
            raise
        raise Complaint(f"{error} Here that is --no-enroll.", exit_code(error), code=error.code) from None


def rematch_speaker(
    ctx: typer.Context,
    speaker: SpeakerId,
    since: Annotated[
        str | None,
        typer.Option(
            help="Only in jobs accepted since this time, as 2026-05-04T10:00:00Z.", show_default=False
        ),
    ] = None,
    job: Annotated[
        list[str] | None,
        typer.Option(help="Only in this job; may be given several times.", show_default=False),
    ] = None,
    wait: WaitSeconds = None,
    as_json: AsJson = False,
) -> None:
    """Look for a speaker among the strangers of earlier jobs, without their audio."""
    session = session_of(ctx, as_json=as_json)
    start = choices.time_with_zone(since, "--since") if since else None
    with session.output.busy("Comparing earlier strangers"):
        change = session.client.speakers.rematch(speaker, since=start, job_ids=job or None, wait_seconds=wait)
    say_changed(session, change)


def rename_speaker(
    ctx: typer.Context,
    speaker: SpeakerId,
    new: Annotated[str, typer.Argument(help="His new id: letters, digits, underscores.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Give a speaker another id, also in results."""
    session = session_of(ctx, as_json=as_json)
    say_changed(session, session.client.speakers.rename(speaker, new))


def merge_speakers(
    ctx: typer.Context,
    speaker: SpeakerId,
    other: Annotated[
        str,
        typer.Argument(
            help="Speaker who is the same person, and is gone after it.",
            autocompletion=complete_speakers,
            show_default=False,
        ),
    ],
    yes: choices.Yes = False,
    as_json: AsJson = False,
) -> None:
    """Make one speaker of two: the other's samples become his, and results name him. It can be undone."""
    session = session_of(ctx, as_json=as_json)
    choices.require_yes(f"Make {other} one with {speaker}?", yes=yes)
    say_changed(session, session.client.speakers.merge(speaker, other))
