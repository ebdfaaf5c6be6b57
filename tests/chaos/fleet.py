"""The whole service as processes of its own, each supervised, with a stand-in only for the models."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

import requests

from deploy.local.checks import free_port
from deploy.processes.commands import COMMANDS
from shared import apikeys
from shared.domain import ALL_SCOPES
from shared.services import load_keyring
from shared.settings import Settings
from shared.settings.environment import environment_with
from shared.store import Store, api_keys
from shared.store.tenants import add_tenant
from tests.chaos.proxy import FaultProxy, fault_proxy
from tests.chaos.servers import PostgresServer, RedisServer, postgres_server, redis_server
from tests.chaos.supervised import Supervised

AnyFleet = TypeVar("AnyFleet", bound="Fleet")
READY_SECONDS = 60
# What a fleet would have, only quicker in noticing.
QUICK = {"ROLLCALL_JOB_STALE_SECONDS": "4", "ROLLCALL_SWEEP_INTERVAL_SECONDS": "1"}


class Fleet:
    """Gateway, workers, delivery worker and beat on servers that a test may break."""

    ready_seconds = READY_SECONDS

    def __init__(
        self,
        folder: Path,
        redis: RedisServer,
        postgres: PostgresServer | None,
        proxy: FaultProxy | None,
        variables: dict[str, str],
    ) -> None:
        self.folder, self.redis, self.postgres, self.proxy = folder, redis, postgres, proxy
        self.log = folder / "log"
        self.api_key = apikeys.generate()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.headers = {"X-API-Key": self.api_key}
        self.processes: dict[str, Supervised] = {}
        self.metrics_ports: dict[str, int] = {}
        database_url = postgres.url if postgres else ""
        own = {
            "ROLLCALL_DATA_DIR": str(folder / "data"),
            "ROLLCALL_DATABASE_URL": database_url,
            "ROLLCALL_REDIS_URL": f"redis://127.0.0.1:{proxy.port}/0" if proxy else redis.url,
            "ROLLCALL_BLOB_URL": "",
            "ROLLCALL_HTTP_HOST": "127.0.0.1",
            "ROLLCALL_HTTP_PORT": str(port),
            "ROLLCALL_BOOTSTRAP_API_KEY": self.api_key,
            "ROLLCALL_EGRESS_ALLOW": "127.0.0.0/8",
        }
        self._environment = environment_with(**own | variables)
        shown = {name.removeprefix("ROLLCALL_").lower(): value for name, value in (own | variables).items()}
        fields = {name: value for name, value in shown.items() if name in Settings.model_fields}
        self.settings = Settings(_env_file=None, **fields)  # type: ignore[call-arg, arg-type]

    def start(self, workers: int) -> None:
        """Start everything; returns once it is ready."""
        subprocess.run(
            [sys.executable, "-m", "deploy.processes", "prepare"], env=self._environment, check=True
        )
        for name in ("gateway", "deliver", "beat"):
            self._add(name, COMMANDS[name](self.settings))
        for number in range(workers):
            self._add(f"worker{number}", self._worker_command(number))
        self.wait_until_ready()

    def _worker_command(self, number: int) -> list[str]:
        replaced = {"worker.main": "tests.chaos.tiny_worker", "models@%h": f"models{number}@%h"}
        return [replaced.get(word, word) for word in COMMANDS["worker"](self.settings)]

    def _add(self, name: str, command: list[str]) -> None:
        port = self.metrics_ports[name] = free_port()
        variables = self._environment | {"ROLLCALL_WORKER_HOST": name, "ROLLCALL_METRICS_PORT": str(port)}
        self.processes[name] = Supervised(name, command, variables, self.log)

    def wait_until_ready(self) -> float:
        """Seconds until gateway, stores and a worker are there."""
        started = time.monotonic()
        while time.monotonic() - started < self.ready_seconds:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return time.monotonic() - started
            except requests.RequestException:
                pass
            time.sleep(0.05)
        raise AssertionError(f"the fleet is not ready:\n{self.last_words()}")

    @property
    def workers(self) -> list[Supervised]:
        """The processes that work on jobs."""
        return [process for name, process in self.processes.items() if name.startswith("worker")]

    def add_tenant(self, name: str) -> str:
        """The API key of a new tenant."""
        store = self.store()
        with store.writing() as session:
            tenant_id = add_tenant(session, name, load_keyring(self.settings))
            key = api_keys.add(session, tenant_id, "first", ALL_SCOPES).key
        store.close()
        return key

    def store(self) -> Store:
        """The ledger, to look into."""
        return Store(self.settings.sqlalchemy_url)

    def blobs(self) -> list[Path]:
        """Recordings in the blob store."""
        return [path for path in Path(self.settings.blob_root).rglob("*") if path.is_file()]

    def last_words(self) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    def stop(self) -> None:
        """End all processes."""
        for process in self.processes.values():
            process.stop()


@contextmanager
def running_fleet(
    folder: Path,
    *,
    kind: type[AnyFleet] = Fleet,  # type: ignore[assignment]
    workers: int = 2,
    postgres: bool = False,
    proxied: bool = False,
    **variables: str,
) -> Iterator[AnyFleet]:
    """A fleet that is ready, for the length of the block; ``proxied``: it reaches Redis through a proxy."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(folder / "redis"))
        database = stack.enter_context(postgres_server()) if postgres else None
        proxy = stack.enter_context(fault_proxy(redis.port)) if proxied else None
        fleet = kind(folder, redis, database, proxy, variables)
        stack.callback(fleet.stop)
        fleet.start(workers)
        yield fleet
