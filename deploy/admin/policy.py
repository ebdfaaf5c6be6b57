"""Policy: how long a tenant's data is kept, his consents and strangers, how many of his jobs may wait."""

import argparse
import math
from typing import Any

from deploy.admin.chosen_tenant import add_tenant_argument, tenant_of
from deploy.admin.ledger import Complaint, Ledger
from deploy.admin.numbers import days
from shared.store.retention import set_policy

FOREVER = "forever"
USUAL = "usual"
_STRANGERS = {None: USUAL, True: "recognised", False: "not recognised"}


def add_arguments(cli: argparse.ArgumentParser) -> None:
    """What to change; the whole policy is printed."""
    add_tenant_argument(cli)
    cli.add_argument(
        "--results-days", type=_days, metavar="N", help=f"days that results are kept, or {FOREVER!r}"
    )
    cli.add_argument(
        "--voiceprints-days",
        type=_days,
        metavar="N",
        help=f"days after the newest sample that a speaker is kept, or {FOREVER!r}",
    )
    cli.add_argument(
        "--requires-consent", choices=["yes", "no"], help="whether nobody is enrolled without a consent"
    )
    cli.add_argument(
        "--recognises-strangers",
        choices=["yes", "no", USUAL],
        help=f"whether strangers keep their labels from one recording to the next, or {USUAL!r}",
    )
    cli.add_argument(
        "--waiting-jobs",
        type=_jobs,
        metavar="N",
        help=f"asynchronous jobs that may wait, or {USUAL!r} for what the settings say",
    )
    cli.set_defaults(run=_set)


def _set(ledger: Ledger, wanted: Any) -> None:
    changes: dict[str, float | bool | None] = {}
    for name in ("results_days", "voiceprints_days"):
        wished = getattr(wanted, name)
        if wished is not None:
            changes[name] = None if math.isinf(wished) else wished
    if wanted.requires_consent:
        changes["requires_consent"] = wanted.requires_consent == "yes"
    if wanted.recognises_strangers:
        usual = wanted.recognises_strangers == USUAL
        changes["recognises_strangers"] = None if usual else wanted.recognises_strangers == "yes"
    if wanted.waiting_jobs is not None:
        changes["max_waiting_jobs"] = None if wanted.waiting_jobs == USUAL else int(wanted.waiting_jobs)
    with ledger.store.writing() as session:
        policy = set_policy(session, tenant_of(session, wanted.tenant).id, **changes)
    if policy is None:
        raise Complaint("the tenant was removed meanwhile.")
    print(
        f"results: {_shown(policy.results_days)}, voiceprints: {_shown(policy.voiceprints_days)}, "
        f"consent: {'required' if policy.requires_consent else 'optional'}, "
        f"strangers: {_STRANGERS[policy.recognises_strangers]}, "
        f"waiting jobs: {USUAL if policy.max_waiting_jobs is None else policy.max_waiting_jobs}"
    )


def _days(text: str) -> float:
    """A number of days, infinite for ever."""
    return math.inf if text == FOREVER else days(text)


def _jobs(text: str) -> str:
    """A number of jobs, or as usual."""
    if text != USUAL and not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"must be a number, or {USUAL!r}")
    return text


def _shown(number: float | None) -> str:
    return "for ever" if number is None else f"{number:g} days"
