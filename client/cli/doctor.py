"""``rollcall doctor``: looks at every part, says what is wrong and how to mend it."""

import typer

from client.cli.session import AsJson, session_of


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check everything between you and an answer, and say how to mend what is wrong."""
    session = session_of(ctx, as_json=as_json)
    session.output.json(dict(session.client.readiness().raw))
