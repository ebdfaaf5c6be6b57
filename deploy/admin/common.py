"""What the commands share."""

import argparse
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.crypto import KeyRing
from shared.store import Store
from shared.store.schema import Tenant


@dataclass(frozen=True)
class Ledger:
    """What the commands work on: neither Redis nor a running service is needed."""

    store: Store
    keyring: KeyRing


class Complaint(Exception):
    """The command cannot do what it was asked to; the message says what to do."""


def tenant_of(session: Session, tenant_id: str | None) -> Tenant:
    """The tenant of an id, or the first. Raises Complaint."""
    if tenant_id is None:
        found = session.scalar(select(Tenant).order_by(Tenant.created_at).limit(1))
    else:
        found = session.get(Tenant, tenant_id)
    if found is None:
        raise Complaint(
            f"there is no tenant {tenant_id!r}; `tenants list` shows those there are."
            if tenant_id
            else "there is no tenant yet; start the service once with `make run`."
        )
    return found


def add_tenant_argument(cli: argparse.ArgumentParser) -> None:
    """``--tenant ID``."""
    cli.add_argument("--tenant", metavar="ID", help="the tenant's id; default: the first")
