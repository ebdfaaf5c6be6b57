"""What the shell offers after a Tab, where the service knows it."""

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import typer

from client.cli.complaints import Complaint
from client.cli.settings import Flags, choose_settings
from client.errors import RollcallError
from client.service import RollcallClient

PATIENCE_SECONDS = 2
MOST_OFFERED = 200


def complete_speakers(ctx: typer.Context, incomplete: str) -> list[str]:
    """Enrolled speakers; nothing where the service does not tell at once."""
    given = ctx.find_root().params
    flags = Flags(
        given.get("url"), given.get("api_key"), given.get("api_key_file"), given.get("profile") or ""
    )
    try:
        return [name for name in _speakers(flags) if name.startswith(incomplete)]
    except (RollcallError, Complaint):
        return []


def _speakers(flags: Flags) -> Iterator[str]:
    settings = choose_settings(flags, os.environ, Path.cwd())
    client = RollcallClient(settings.url, settings.api_key, timeout_seconds=PATIENCE_SECONDS, attempts=1)
    yield from (speaker.id for speaker in islice(client.speakers.list(), MOST_OFFERED))
