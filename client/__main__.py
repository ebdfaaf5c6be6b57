"""``rollcall``, and the same as ``python -m client``."""

import sys


def main() -> None:
    """Run the command; where its packages are not installed, say how to get them."""
    try:
        from client.cli import app
    except ModuleNotFoundError as missing:
        sys.exit(f"rollcall needs the package {missing.name}; install it with: pip install 'rollcall[cli]'")
    app()


if __name__ == "__main__":
    main()
