"""API keys: add, list, rotate and revoke them."""

import argparse
from datetime import datetime, timedelta
from typing import Any

from deploy.admin.chosen_tenant import add_tenant_argument, tenant_of
from deploy.admin.ledger import Complaint, Ledger
from deploy.admin.numbers import DAY_SECONDS, days, seconds
from shared.domain import ALL_SCOPES, Scope
from shared.store import api_keys
from shared.store.api_keys import NewKey, UnknownKey
from shared.store.schema import ApiKey, now


def add_arguments(cli: argparse.ArgumentParser) -> None:
    """add, list, rotate, revoke."""
    actions = cli.add_subparsers(required=True)
    add = actions.add_parser("add", help="make a key")
    add.add_argument("--name", default="", help="what it is for")
    scopes = ",".join(sorted(ALL_SCOPES))
    add.add_argument("--scopes", type=_scopes, default=ALL_SCOPES, help=f"some of {scopes}; default: all")
    add.add_argument("--days", type=days, help="how long it is valid; default: for ever")
    add_tenant_argument(add)
    add.set_defaults(run=_add)
    listing = actions.add_parser("list", help="list keys, as far as they may be shown")
    listing.add_argument("--tenant", metavar="ID", help="only this tenant's")
    listing.set_defaults(run=_list)
    rotate = actions.add_parser("rotate", help="make a key that takes another's place")
    rotate.add_argument("key", metavar="KEY_ID", help="as it is listed")
    rotate.add_argument("--overlap-seconds", type=seconds, default=DAY_SECONDS, help="the old one's; a day")
    rotate.set_defaults(run=_rotate)
    revoke = actions.add_parser("revoke", help="end a key at once")
    revoke.add_argument("key", metavar="KEY_ID", help="as it is listed")
    revoke.set_defaults(run=_revoke)


def _scopes(text: str) -> frozenset[Scope]:
    try:
        return frozenset(Scope(word.strip()) for word in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"some of {', '.join(sorted(ALL_SCOPES))}, with commas") from None


def _add(ledger: Ledger, wanted: Any) -> None:
    expires_at = now() + timedelta(days=wanted.days) if wanted.days else None
    with ledger.store.writing() as session:
        tenant = tenant_of(session, wanted.tenant)
        _show(api_keys.add(session, tenant.id, wanted.name, wanted.scopes, expires_at))


def _rotate(ledger: Ledger, wanted: Any) -> None:
    try:
        with ledger.store.writing() as session:
            _show(api_keys.rotate(session, wanted.key, wanted.overlap_seconds))
    except UnknownKey:
        raise _unknown(wanted.key) from None


def _revoke(ledger: Ledger, wanted: Any) -> None:
    try:
        with ledger.store.writing() as session:
            row = api_keys.revoke(session, wanted.key)
    except UnknownKey:
        raise _unknown(wanted.key) from None
    print(f"{_id(row)} is revoked.")


def _list(ledger: Ledger, wanted: Any) -> None:
    with ledger.store.reading() as session:
        for row in api_keys.all_of(session, wanted.tenant):
            print(f"{_id(row):<38}{_state(row):<10}{_day(row.last_used_at):<12}{row.scopes:<30}{row.name}")


def _show(made: NewKey) -> None:
    print(f"id   {_id(made.row)}\nkey  {made.key}\nThe key is shown this once.")


def _id(row: ApiKey) -> str:
    return row.shown_id or row.id


def _state(row: ApiKey) -> str:
    if row.revoked_at:
        return "revoked"
    return "expired" if row.expires_at and row.expires_at <= now() else "valid"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "never"


def _unknown(key_id: str) -> Complaint:
    return Complaint(f"there is no key {key_id!r}; `keys list` shows those there are.")
