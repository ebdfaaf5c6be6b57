"""Run with `python3 -m deploy.setup`, or as a file. Even old Pythons can read it, and are told why not."""

import os
import sys

MINIMUM = (3, 11)

if sys.version_info[:2] < MINIMUM:
    # Before any other import: what follows uses syntax and modules that an old Python does not have.
    sys.stderr.write(
        "Rollcall needs Python %s or newer, and this one is %s (%s).\n"  # noqa: UP031
        "Install a newer Python, or name one: make PYTHON=/path/to/python3.11\n"
        % (".".join(map(str, MINIMUM)), sys.version.split()[0], sys.executable)
    )
    sys.exit(1)

# Run as a file, Python searches this folder first; its modules are only meant to be found as deploy.setup.*
HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != HERE]  # noqa: PTH100
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))  # noqa: PTH120

from deploy.setup.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
