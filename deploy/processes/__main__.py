"""``python -m deploy.processes NAME``: become that process; ``prepare`` readies the ledger and ends."""

import os
import sys

from deploy.processes.commands import COMMANDS
from deploy.processes.preparation import prepare_ledger
from shared.services import make_services
from shared.settings import load_settings


def main() -> str | int:
    """Run the process that the command line names; what is returned is the exit status or a complaint."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    settings = load_settings()
    if name in COMMANDS:
        command = COMMANDS[name](settings)
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    if name != "prepare":
        return f"usage: python -m deploy.processes prepare|{'|'.join(COMMANDS)}"
    key = prepare_ledger(make_services(settings))
    if not settings.bootstrap_api_key:
        print(f"The first tenant's API key: {key}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
