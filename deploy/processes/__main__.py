"""``python -m deploy.processes NAME``: become that process; ``prepare`` readies the ledger and ends.

A process of the service first sees to the ledger's schema, so that any of them may be the first to start.
"""

import os
import sys

from deploy.processes.commands import COMMANDS, SERVICE
from deploy.processes.preparation import prepare_ledger, upgrade_ledger
from shared.logging import configure_logging
from shared.services import make_services
from shared.settings import load_settings


def main() -> str | int:
    """Run the process that the command line names; what is returned is the exit status or a complaint."""
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    settings = load_settings()
    configure_logging(settings.log_level)
    if name in COMMANDS:
        if name in SERVICE:
            upgrade_ledger(settings)
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
