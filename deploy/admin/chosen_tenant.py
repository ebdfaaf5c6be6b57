"""Which tenant a command is about: ``--tenant ID``, or the first."""

import argparse

from sqlalchemy import select
from sqlalchemy.orm import Session

from deploy.admin.ledger import Complaint
from shared.store.schema import Tenant


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
