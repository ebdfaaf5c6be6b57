"""``make run``: start everything, stop everything with one Ctrl-C."""

import sys

from pydantic import ValidationError

from deploy.local.checks import CannotStart
from deploy.local.stack import run_stack
from shared.settings import load_settings


def main() -> int:
    """Run until stopped; 1 with a sentence if that is not possible."""
    try:
        return run_stack(load_settings())
    except CannotStart as error:
        print(f"Rollcall cannot start: {error}", file=sys.stderr)
    except ValidationError as error:
        for problem in error.errors():
            name = "ROLLCALL_" + "_".join(map(str, problem["loc"])).upper()
            print(f"Rollcall cannot start: {name}: {problem['msg']}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
