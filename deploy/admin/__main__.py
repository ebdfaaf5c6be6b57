"""``python -m deploy.admin COMMAND …``: what an operator does with tenants and keys; ``--help`` says more."""

import argparse
import sys
from collections.abc import Sequence

from deploy.admin import keys, master_key, policy, quota, tenants
from deploy.admin.ledger import Complaint, Ledger
from shared.services import load_keyring
from shared.settings import load_settings
from shared.store import Store

COMMANDS = {
    "tenants": tenants,
    "keys": keys,
    "quota": quota,
    "policy": policy,
    "master-key": master_key,
}
"""Each has ``add_arguments(cli)``, which sets ``run(ledger, arguments)``; that raises Complaint."""


def command_line() -> argparse.ArgumentParser:
    """Reads the words; docs/cli.md is written from it."""
    cli = argparse.ArgumentParser(prog="python -m deploy.admin")
    commands = cli.add_subparsers(dest="command", required=True)
    for name, module in COMMANDS.items():
        about = (module.__doc__ or "").splitlines()[0]
        module.add_arguments(commands.add_parser(name, help=about, description=about))
    return cli


def main(words: Sequence[str] | None = None) -> str | int:
    """Run the command that the words name; what is returned is the exit status or a complaint."""
    wanted = command_line().parse_args(words)
    settings = load_settings()
    try:
        ledger = Ledger(Store(settings.sqlalchemy_url), load_keyring(settings))
    except (OSError, ValueError) as error:
        return f"the master keys cannot be read: {error}"
    try:
        wanted.run(ledger, wanted)
    except Complaint as complaint:
        return str(complaint)
    finally:
        ledger.store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
