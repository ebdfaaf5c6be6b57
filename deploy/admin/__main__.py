"""``python -m deploy.admin tenants|keys|quota …``; ``--help`` explains each."""

import argparse
import sys

from deploy.admin import keys, quota, tenants
from deploy.admin.common import Complaint, Ledger
from shared.services import load_keyring
from shared.settings import load_settings
from shared.store import Store

COMMANDS = {"tenants": tenants, "keys": keys, "quota": quota}


def main() -> str | int:
    """Run a command; what is returned is the exit status or a complaint."""
    cli = argparse.ArgumentParser(prog="python -m deploy.admin")
    commands = cli.add_subparsers(dest="command", required=True)
    for name, module in COMMANDS.items():
        module.add_arguments(commands.add_parser(name, help=(module.__doc__ or "").splitlines()[0]))
    wanted = cli.parse_args()
    settings = load_settings()
    ledger = Ledger(Store(settings.sqlalchemy_url), load_keyring(settings))
    try:
        wanted.run(ledger, wanted)
    except Complaint as complaint:
        return str(complaint)
    finally:
        ledger.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
