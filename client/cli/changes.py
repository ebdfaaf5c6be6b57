"""``rollcall changes``: names that were corrected later, and taking that back."""

from itertools import islice
from typing import Annotated

import typer

from client.cli import choices
from client.cli.completion import complete_changes
from client.cli.output import shown_time
from client.cli.session import AsJson, Session, session_of
from client.cli.timeline import clock
from client.resources import Change

app = typer.Typer(help="Names that were corrected after jobs had ended.", no_args_is_help=True)

ChangeId = Annotated[
    str, typer.Argument(help="Id of the change.", autocompletion=complete_changes, show_default=False)
]
COLUMNS = ("change", "made", "state", "results", "what")
DETAILS = (*COLUMNS, "undone", "undo first")


@app.command("list")
def list_changes(ctx: typer.Context, limit: choices.Limit = 20, as_json: AsJson = False) -> None:
    """The changes, newest first."""
    session = session_of(ctx, as_json=as_json)
    session.show(list(islice(session.client.changes.list(), limit)), COLUMNS, _cells)


@app.command("show")
def show_change(ctx: typer.Context, change: ChangeId, as_json: AsJson = False) -> None:
    """A change, and what was called otherwise before."""
    session = session_of(ctx, as_json=as_json)
    found = session.client.changes.get(change)
    session.show_one(found, DETAILS, _details)
    if not as_json and found.jobs:
        session.output.out.print()
        session.output.table(("job", "start", "end", "before", "after"), _differences(found))


@app.command("undo")
def undo_change(ctx: typer.Context, change: ChangeId, as_json: AsJson = False) -> None:
    """Take a change back: results, speakers and samples are as before it.

    One that a later change stands on comes after that. An undo cannot be undone.
    """
    session = session_of(ctx, as_json=as_json)
    say_changed(session, session.client.changes.undo(change))


def say_changed(session: Session, change: Change) -> None:
    """What was changed and how to undo it, in a line; or the change as JSON."""
    if session.output.as_json:
        session.output.json(change.raw)
        return
    differing = {0: "no result differs", 1: "1 result differs"}.get(
        change.num_jobs, f"{change.num_jobs} results differ"
    )
    undo = f" Undo it: rollcall changes undo {change.id}" if change.can_undo else ""
    session.output.out.print(f"{what(change)}: {differing}.{undo}", markup=False, soft_wrap=True)


def what(change: Change) -> str:
    """What a change says, without its results."""
    whom = change.speaker_id
    return {
        "naming": f"A voice is {whom}'s" if whom else "A voice is nobody's who is enrolled",
        "rematch": f"Earlier strangers are compared with {whom}",
        "rename": f"{change.other_id} is called {whom}",
        "merge": f"{change.other_id} is one with {whom}",
        "undo": f"Change {change.undoes} is undone",
    }.get(change.kind, change.kind)


def _state(change: Change) -> str:
    return "undone" if change.undone_at else change.status


def _cells(change: Change) -> tuple[str, ...]:
    made = shown_time(change.created_at)
    return (change.id, made, _state(change), str(change.num_jobs), what(change))


def _details(change: Change) -> tuple[str, ...]:
    return (*_cells(change), shown_time(change.undone_at), change.blocked_by or "")


def _differences(change: Change) -> list[tuple[str, ...]]:
    return [
        (job.id, clock(one.start_seconds), clock(one.end_seconds), one.before.name, one.after.name)
        for job in change.jobs
        for one in job.differences
    ]
