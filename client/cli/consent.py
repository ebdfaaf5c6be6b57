"""Options that say who consented to an enrolment."""

from typing import Annotated, Any

import typer

from client.cli import choices
from client.cli.complaints import Complaint

By = Annotated[
    str | None,
    typer.Option("--consent-by", help="Who consented to the enrolment.", show_default=False),
]
At = Annotated[
    str | None, typer.Option("--consent-at", help="When, as 2026-05-04T10:00:00Z.", show_default=False)
]
Purpose = Annotated[str | None, typer.Option("--consent-purpose", help="What for.", show_default=False)]
Until = Annotated[
    str | None,
    typer.Option("--consent-until", help="Until when; then the speaker is erased.", show_default=False),
]


def consent_of(
    by: str | None, at: str | None, purpose: str | None, until: str | None
) -> dict[str, Any] | None:
    """The consent as the service takes it; None if nothing is said of one. Raises Complaint for a half."""
    if not (by or at or purpose or until):
        return None
    if not (by and at and purpose):
        raise Complaint("A consent needs --consent-by, --consent-at and --consent-purpose.")
    given = {"given_by": by, "purpose": purpose}
    given["given_at"] = choices.time_with_zone(at, "--consent-at").isoformat()
    if until:
        given["expires_at"] = choices.time_with_zone(until, "--consent-until").isoformat()
    return given
