"""``python -m tests.fleet``: the end-to-end suite and pulled cables, on two hosts; ``make fleet``.

Makes host one's network around itself, and runs there. Further words are pytest's.
"""

import subprocess
import sys
from pathlib import Path

from shared.settings.environment import environment_with
from tests.end_to_end.serving import ADDRESS_VARIABLE
from tests.fleet.hosts import HOST_ONE, NAMESPACE, namespaces_work

ROOT = Path(__file__).parents[2]


def on_host_one(command: list[str]) -> list[str]:
    """A command that runs another on a new host one."""
    return [*NAMESPACE, "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]


def main() -> int | str:
    """pytest's exit status, or why there can be no fleet."""
    if not namespaces_work():
        return "This machine lets nobody make a network namespace (see unshare(1)): there can be no fleet."
    chosen = sys.argv[1:] or ["tests/end_to_end", "tests/fleet/cables.py"]
    command = on_host_one([sys.executable, "-m", "pytest", "-rs", *chosen])
    environment = environment_with(**{ADDRESS_VARIABLE: HOST_ONE})
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
