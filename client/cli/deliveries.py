"""``rollcall deliveries``: webhooks that were or will be sent."""

from itertools import islice
from typing import Annotated

import typer

from client.cli import choices
from client.cli.complaints import Complaint
from client.cli.output import shown_time
from client.cli.session import AsJson, session_of
from client.resources import Attempt, Delivery

app = typer.Typer(help="Webhooks that were or will be sent.", no_args_is_help=True)

DeliveryId = Annotated[str, typer.Argument(help="Id of the delivery.", show_default=False)]
COLUMNS = ("delivery", "status", "attempts", "made", "next attempt", "job", "address")


@app.command("list")
def list_deliveries(
    ctx: typer.Context,
    status: Annotated[
        str | None,
        typer.Option(help="Only those that are pending, delivered or exhausted.", show_default=False),
    ] = None,
    limit: choices.Limit = 20,
    as_json: AsJson = False,
) -> None:
    """The deliveries, newest first."""
    session = session_of(ctx, as_json=as_json)
    session.show(list(islice(session.client.deliveries.list(status=status), limit)), COLUMNS, _cells)


@app.command("show")
def show_delivery(ctx: typer.Context, delivery: DeliveryId, as_json: AsJson = False) -> None:
    """A delivery with every attempt."""
    session = session_of(ctx, as_json=as_json)
    found = session.client.deliveries.get(delivery)
    session.show_one(found, COLUMNS, _cells)
    if not as_json and found.attempts:
        session.output.out.print()
        columns = ("attempt", "took", "status", "error", "answer")
        session.output.table(columns, list(map(_attempt_cells, found.attempts)))


@app.command("redeliver")
def redeliver(
    ctx: typer.Context,
    delivery: Annotated[str | None, typer.Argument(help="Id of the delivery.", show_default=False)] = None,
    since: Annotated[
        str | None,
        typer.Option(
            help="Instead of an id: all that were given up since this time, as 2026-05-04T10:00:00Z.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Send a delivery again now, or all that were given up since a time."""
    session = session_of(ctx, as_json=as_json)
    if (delivery is None) == (since is None):
        raise Complaint("Name a delivery, or a time with --since.")
    if since is not None:
        number = session.client.deliveries.redeliver_since(choices.time_with_zone(since, "--since"))
        if as_json:
            session.output.json({"redelivered": number})
        else:
            session.output.note(f"{number} deliveries are sent again.")
        return
    sent = session.client.deliveries.redeliver(str(delivery))
    if as_json:
        session.output.json(sent.raw)
    else:
        session.output.note(f"Delivery {sent.id} is sent again.")


def _cells(delivery: Delivery) -> tuple[str, ...]:
    times = (shown_time(delivery.created_at), shown_time(delivery.next_attempt_at))
    state = (delivery.id, delivery.status, str(delivery.attempts_made))
    return (*state, *times, delivery.job_id or "", delivery.url)


def _attempt_cells(attempt: Attempt) -> tuple[str, ...]:
    status = "" if attempt.status_code is None else str(attempt.status_code)
    took = f"{attempt.duration_seconds:.2f} s"
    return (shown_time(attempt.attempted_at), took, status, attempt.error or "", attempt.answer or "")
