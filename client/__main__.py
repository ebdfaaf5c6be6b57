"""``rollcall``, and the same as ``python -m client``."""

import sys

# As client.cli.exit_codes has it, which is not imported yet.
INTERRUPTED = 130


def main() -> None:
    """Run the command; where its packages are not installed, say how to get them."""
    try:
        from client.cli import app
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except ModuleNotFoundError as missing:
        sys.exit(f"rollcall needs the package {missing.name}; install it with: pip install 'rollcall[cli]'")
    app()


if __name__ == "__main__":
    main()
