"""Tenants: add one, list them, set how many requests one may send."""

import argparse
from typing import Any

from sqlalchemy import select

from deploy.admin.chosen_tenant import add_tenant_argument, tenant_of
from deploy.admin.ledger import Ledger
from deploy.admin.numbers import whole_number
from shared.domain import ALL_SCOPES
from shared.store import api_keys
from shared.store.schema import Tenant
from shared.store.tenants import add_tenant


def add_arguments(cli: argparse.ArgumentParser) -> None:
    """add, list, limit."""
    actions = cli.add_subparsers(required=True)
    add = actions.add_parser("add", help="add a tenant, with a first key of every scope")
    add.add_argument("name", help="of the tenant, for you")
    add.set_defaults(run=_add)
    actions.add_parser("list", help="list tenants").set_defaults(run=_list)
    limit = actions.add_parser("limit", help="set how many requests a tenant may send in a minute")
    told = "a number, 0 for any, or 'usual' for what the settings say"
    limit.add_argument("requests", type=_requests, help=told)
    add_tenant_argument(limit)
    limit.set_defaults(run=_limit)


def _add(ledger: Ledger, wanted: Any) -> None:
    with ledger.store.writing() as session:
        tenant_id = add_tenant(session, wanted.name, ledger.keyring)
        made = api_keys.add(session, tenant_id, "first", ALL_SCOPES)
    print(f"tenant {tenant_id}\nkey    {made.key}\nThe key is shown this once.")


def _list(ledger: Ledger, _: Any) -> None:
    with ledger.store.reading() as session:
        for tenant in session.scalars(select(Tenant).order_by(Tenant.created_at)):
            print(f"{tenant.id}  {tenant.name}")


def _limit(ledger: Ledger, wanted: Any) -> None:
    with ledger.store.writing() as session:
        tenant_of(session, wanted.tenant).requests_per_minute = wanted.requests


def _requests(text: str) -> int | None:
    return None if text == "usual" else whole_number(text)
