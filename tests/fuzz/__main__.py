"""``make fuzz``: the long run. ARGS="--examples N --seed S --phases coverage,fuzzing" changes it."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.background import BackgroundStack
from tests.fuzz.run import SETTINGS, fuzz


def main() -> int:
    """The generator's exit status: 0 when every check held."""
    cli = argparse.ArgumentParser(prog="make fuzz")
    cli.add_argument("--examples", type=int, default=300, help="cases of each operation in a phase")
    cli.add_argument("--seed", type=int)
    cli.add_argument("--phases", default="all")
    wanted = cli.parse_args()
    with TemporaryDirectory() as folder:
        stack = BackgroundStack(Path(folder), **SETTINGS)
        stack.start()
        try:
            stack.wait_until_ready()
            outcome = fuzz(stack, wanted.examples, seed=wanted.seed, phases=wanted.phases)
        finally:
            stack.stop()
    sys.stdout.write(f"{outcome.output}\n{outcome.summary}\n")
    return outcome.returncode


if __name__ == "__main__":
    sys.exit(main())
