"""Options that more than one command has."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from client.cli.complaints import Complaint
from client.cli.rendering import Format

Encoding = Annotated[
    str | None,
    typer.Option(
        help="Of samples without a header: LINEAR16, MULAW, ALAW, GSM or G722. Files say it themselves.",
        show_default=False,
    ),
]
SampleRate = Annotated[
    int | None,
    typer.Option(min=1, help="Hz, of samples without a header.", show_default=False),
]
Webhook = Annotated[
    str | None,
    typer.Option(help="Address that the service tells the end of each job.", show_default=False),
]
Metadata = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE", help="Comes back with the job; may be given several times.", show_default=False
    ),
]
WaitSeconds = Annotated[
    float | None,
    typer.Option(
        "--wait",
        min=0,
        help="Seconds to wait for a job's end; it goes on. No end by default.",
        show_default=False,
    ),
]
Parallel = Annotated[
    int | None,
    typer.Option(
        "--parallel", "-p", min=1, max=16, help="Recordings at once; 4 by default.", show_default=False
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="How many to show at most.")]
OutputFormat = Annotated[
    Format | None,
    typer.Option(
        "--format",
        "-f",
        case_sensitive=False,
        help="timeline by default. It and table are for people, the others as the service writes them.",
        show_default=False,
    ),
]
ResultFile = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="File to write to; of several recordings a folder, with a file for each.",
        show_default=False,
    ),
]


def named_values(pairs: Sequence[str] | None) -> dict[str, Any] | None:
    """NAME=VALUE words as an object. Raises Complaint."""
    if not pairs:
        return None
    split = [pair.partition("=") for pair in pairs]
    for name, separator, _ in split:
        if not separator or not name:
            raise Complaint(f"--metadata {name!r} is not like NAME=VALUE.")
    return {name: value for name, _, value in split}


def time_with_zone(text: str, option: str) -> datetime:
    """A time in ISO 8601; without a zone it is this machine's. Raises Complaint."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Complaint(f"{option} {text!r} is no time; write one like 2026-05-04T10:00:00Z.") from None
    return moment.astimezone(UTC)


def require_yes(question: str, *, yes: bool) -> None:
    """Ask before something is lost. Raises Complaint where nobody can answer, or says no."""
    if yes:
        return
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:
        raise Complaint("Nobody answered; say --yes if you mean it.") from None
    if not agreed:
        raise Complaint("Nothing was done.")
