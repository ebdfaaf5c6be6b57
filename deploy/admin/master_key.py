"""Master key: wrap all tenants' keys by the present one, after a new one has been put in its place."""

import argparse
from typing import Any

from deploy.admin.ledger import Complaint, Ledger
from shared.crypto import DecryptionError
from shared.store.tenants import rewrap_keys


def add_arguments(cli: argparse.ArgumentParser) -> None:
    """rewrap."""
    actions = cli.add_subparsers(required=True)
    rewrap = actions.add_parser("rewrap", help="wrap every tenant's key anew; harmless to repeat")
    rewrap.set_defaults(run=_rewrap)


def _rewrap(ledger: Ledger, _: Any) -> None:
    try:
        with ledger.store.writing() as session:
            rewrapped, present = rewrap_keys(session, ledger.keyring)
    except DecryptionError:
        raise Complaint(
            "a tenant's key opens with none of the master keys, so nothing was changed; "
            "put the one it was wrapped by into ROLLCALL_PREVIOUS_MASTER_KEY_FILE."
        ) from None
    finally:
        # Wrapped by the old key, a copy left behind would keep that key worth stealing.
        ledger.store.forget_deleted()
    print(f"{rewrapped} keys rewrapped, {present} were wrapped by the present master key already")
