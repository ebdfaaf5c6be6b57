"""``rollcall keys``: API keys of the tenant."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from client.cli import choices
from client.cli.output import shown_time
from client.cli.session import AsJson, Session, session_of
from client.resources import ApiKey

app = typer.Typer(help="API keys of your tenant; needs a key with the scope admin.", no_args_is_help=True)

KeyId = Annotated[
    str, typer.Argument(help="Id of the key: its first characters, as rc_1a2b3c4d.", show_default=False)
]
COLUMNS = ("key", "name", "status", "scopes", "made", "ends", "last used")
EVERY_SCOPE = ("identify", "enroll", "read", "admin")


@app.command("list")
def list_keys(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The keys, oldest first; never the keys themselves."""
    session = session_of(ctx, as_json=as_json)
    session.show(session.client.keys.list(), COLUMNS, _cells)


@app.command("add")
def add_key(
    ctx: typer.Context,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option(
            help="identify, enroll, read or admin; may be given several times. All four by default.",
            show_default=False,
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, help="How long it is valid; for ever by default.", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it, this once."""
    session = session_of(ctx, as_json=as_json)
    expires_at = datetime.now(UTC) + timedelta(days=days) if days else None
    _show(session, session.client.keys.create(scope or EVERY_SCOPE, name=name, expires_at=expires_at))


@app.command("rotate")
def rotate_key(
    ctx: typer.Context,
    key: KeyId,
    overlap_seconds: Annotated[
        int | None,
        typer.Option(min=0, help="How long the old one goes on: a day by default.", show_default=False),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key that takes another's place and print it, this once."""
    session = session_of(ctx, as_json=as_json)
    _show(session, session.client.keys.rotate(key, overlap_seconds=overlap_seconds))


@app.command("revoke")
def revoke_key(ctx: typer.Context, key: KeyId, yes: choices.Yes = False, as_json: AsJson = False) -> None:
    """End a key at once."""
    session = session_of(ctx, as_json=as_json)
    choices.require_yes(f"Revoke {key} for good?", yes=yes)
    revoked = session.client.keys.revoke(key)
    if as_json:
        session.output.json(revoked.raw)
    else:
        session.output.note(f"Key {revoked.id} is revoked.")


def _show(session: Session, made: ApiKey) -> None:
    """In a pipe the key alone, so that it can go where it is needed."""
    if session.output.as_json:
        session.output.json(made.raw)
        return
    session.output.text(f"{made.key}\n")
    session.output.note(f"This is {made.id}; it is shown this once.")


def _cells(key: ApiKey) -> tuple[str, ...]:
    times = map(shown_time, (key.created_at, key.expires_at, key.last_used_at))
    return (key.id, key.name, key.status, " ".join(key.scopes), *times)
