"""Quota: how much audio a tenant may send in a month."""

import argparse
from typing import Any

from deploy.admin.chosen_tenant import add_tenant_argument, tenant_of
from deploy.admin.ledger import Ledger
from deploy.admin.numbers import seconds
from shared.store.usage import set_quota


def add_arguments(cli: argparse.ArgumentParser) -> None:
    """SECONDS or none."""
    cli.add_argument("seconds", type=_seconds, help="seconds of audio in a calendar month, or 'none'")
    add_tenant_argument(cli)
    cli.set_defaults(run=_set)


def _seconds(text: str) -> float | None:
    return None if text == "none" else seconds(text)


def _set(ledger: Ledger, wanted: Any) -> None:
    with ledger.store.writing() as session:
        set_quota(session, tenant_of(session, wanted.tenant).id, wanted.seconds)
