"""``rollcall doctor``: looks at every part, says what is wrong and how to mend it."""

from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.text import Text

from client.cli.checks import Check, Verdict, check_everything
from client.cli.exit_codes import ExitCode
from client.cli.session import AsJson, Session, session_of

SIGNS = {Verdict.GOOD: ("✓", "green"), Verdict.ODD: ("!", "yellow"), Verdict.BAD: ("✗", "red")}


def doctor(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Check everything between you and an answer, and say how to mend what is wrong."""
    session = session_of(ctx, as_json=as_json)
    checks = check_everything(session.settings)
    if as_json:
        session.output.json([asdict(check) for check in checks])
    else:
        _show(session, checks)
    if any(check.verdict is Verdict.BAD for check in checks):
        raise typer.Exit(ExitCode.SOME_FAILED)


def _show(session: Session, checks: Sequence[Check]) -> None:
    width = max(len(check.what) for check in checks)
    for check in checks:
        sign, colour = SIGNS[check.verdict]
        line = Text.assemble((sign, colour), f" {check.what:<{width}}  {check.found}")
        session.output.out.print(line, soft_wrap=True)
        if check.remedy:
            session.output.out.print(Text(f"  {'':<{width}}  → {check.remedy}", style=colour), soft_wrap=True)
