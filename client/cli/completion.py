"""What the shell offers after a Tab, where the service knows it."""

from collections.abc import Callable, Iterable
from itertools import islice

import typer

from client.cli.complaints import Complaint
from client.cli.settings import Flags, settings_here
from client.errors import RollcallError
from client.resources import Identification
from client.service import RollcallClient

PATIENCE_SECONDS = 2
MOST_OFFERED = 200


def complete_speakers(ctx: typer.Context, incomplete: str) -> list[str]:
    """Enrolled speakers; nothing where the service does not tell at once."""
    return _offered(ctx, incomplete, lambda client: (speaker.id for speaker in client.speakers.list()))


def complete_changes(ctx: typer.Context, incomplete: str) -> list[str]:
    """Changes that can be undone, as long as the service tells them at once."""
    return _offered(
        ctx, incomplete, lambda client: (change.id for change in client.changes.list() if change.can_undo)
    )


def complete_voices(ctx: typer.Context, incomplete: str) -> list[str]:
    """The voices of the job that the command names before."""
    return _offered(ctx, incomplete, lambda client: _voices(client, str(ctx.params.get("job"))))


def _voices(client: RollcallClient, job_id: str) -> Iterable[str]:
    result = client.jobs.result(job_id)
    found = result.segments if isinstance(result, Identification) else ()
    return dict.fromkeys(segment.name for segment in found)


def _offered(
    ctx: typer.Context, incomplete: str, ask: Callable[[RollcallClient], Iterable[str]]
) -> list[str]:
    given = ctx.find_root().params
    flags = Flags(
        given.get("url"),
        given.get("api_key"),
        given.get("api_key_file"),
        given.get("profile") or "",
        given.get("config"),
    )
    try:
        settings = settings_here(flags)
        client = RollcallClient(settings.url, settings.api_key, timeout_seconds=PATIENCE_SECONDS, attempts=1)
        return [word for word in islice(ask(client), MOST_OFFERED) if word.startswith(incomplete)]
    except (RollcallError, Complaint):
        return []
