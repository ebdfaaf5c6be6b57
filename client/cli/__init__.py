"""The command ``rollcall``."""

from client.cli.app import app

__all__ = ["app"]
