"""``python -m deploy.quota SECONDS|none [--tenant ID]``: how much audio a tenant may send in a month."""

import argparse
import sys

from sqlalchemy import select

from shared.settings import load_settings
from shared.store import Store
from shared.store.schema import Tenant
from shared.store.usage import set_quota


def main() -> str | int:
    """Set or lift a quota; what is returned is the exit status or a complaint."""
    cli = argparse.ArgumentParser(prog="python -m deploy.quota")
    cli.add_argument("seconds", help="seconds of audio in a calendar month, or 'none'")
    cli.add_argument(
        "--tenant", help="the tenant's id (developer_id in the list of speakers); default: the first"
    )
    wanted = cli.parse_args()
    try:
        seconds = None if wanted.seconds == "none" else float(wanted.seconds)
    except ValueError:
        return f"{wanted.seconds!r} is neither a number of seconds nor 'none'"
    store = Store(load_settings().sqlalchemy_url)
    with store.writing() as session:
        first = select(Tenant.id).order_by(Tenant.created_at).limit(1)
        tenant_id = wanted.tenant or session.scalar(first)
        if tenant_id is None or not set_quota(session, tenant_id, seconds):
            return f"there is no tenant {tenant_id or 'yet'}"
    return 0


if __name__ == "__main__":
    sys.exit(main())
