"""``rollcall webhooks``: what signs them, and a test of a receiver."""

from typing import Annotated

import typer

from client.cli.output import shown_time
from client.cli.session import AsJson, session_of
from client.resources import SigningSecret

app = typer.Typer(help="Secrets that sign webhooks, and a test of a receiver.", no_args_is_help=True)

COLUMNS = ("secret", "made", "ends")


@app.command("secrets")
def list_secrets(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The secrets that sign your webhooks, newest first."""
    session = session_of(ctx, as_json=as_json)
    session.show(session.client.webhooks.secrets(), COLUMNS, _cells)


@app.command("rotate")
def rotate_secret(
    ctx: typer.Context,
    overlap_seconds: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="How long the secret before goes on signing: a day by default, 0 if it is in wrong hands.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Sign with a new secret."""
    session = session_of(ctx, as_json=as_json)
    session.show_one(session.client.webhooks.rotate(overlap_seconds=overlap_seconds), COLUMNS, _cells)


@app.command("test")
def send_test_event(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(help="Address of your receiver.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Send a signed test event to a receiver; `rollcall deliveries show` tells what it met."""
    session = session_of(ctx, as_json=as_json)
    delivery = session.client.webhooks.test(address)
    if as_json:
        session.output.json(delivery.raw)
    else:
        session.output.text(f"{delivery.id}\n")


def _cells(secret: SigningSecret) -> tuple[str, ...]:
    return (secret.secret, shown_time(secret.created_at), shown_time(secret.expires_at))
