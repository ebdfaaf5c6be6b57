"""The service on two hosts, used by tests as they use `make run`."""

import atexit
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from redis import Redis

from deploy.local.background import LOG_LINES_SHOWN, START_SECONDS, BackgroundStack, DidNotStart
from deploy.processes.commands import COMMANDS
from shared.presence import workers_present
from shared.settings.environment import environment_with, set_environment
from tests.chaos.supervised import Supervised
from tests.fleet.engines import Engines, engines
from tests.fleet.hosts import HOST_ONE, Host, Hosts, two_hosts

ROOT: Final = Path(__file__).parents[2]
ON_ONE: Final = ("gateway", "deliver", "beat", "worker")
ON_TWO: Final = ("worker",)
WORKERS: Final = 2


@dataclass(frozen=True)
class Site:
    """What is there before the service: two hosts, a cable, and the engines on host one."""

    hosts: Hosts
    engines: Engines


@cache
def site() -> Site:
    """The one site of this process, made when it is first asked for; it goes with the process."""
    closing = ExitStack()
    atexit.register(closing.close)
    folder = Path(tempfile.mkdtemp(prefix="rollcall-fleet-"))
    closing.callback(shutil.rmtree, folder, ignore_errors=True)
    hosts = closing.enter_context(two_hosts(folder))
    running = closing.enter_context(engines(HOST_ONE, hosts.one.folder))
    for name, value in running.s3.variables.items():
        set_environment(name, value)
    return Site(hosts, running)


class FleetStack(BackgroundStack):
    """Gateway, deliveries, beat and a worker on host one, a worker on host two."""

    def __init__(self, data_dir: Path, **variables: str) -> None:
        super().__init__(data_dir)
        there = site()
        self.hosts = there.hosts
        self.url = f"http://{HOST_ONE}:{self.port}"
        name, number = _numbered(data_dir)
        self._master_key = data_dir / "master.key"
        there.engines.make_database(name)
        there.engines.s3.make_bucket(name)
        self._variables = {
            "ROLLCALL_HTTP_HOST": HOST_ONE,
            "ROLLCALL_DATABASE_URL": there.engines.database_url(name),
            "ROLLCALL_REDIS_URL": there.engines.redis_url(number),
            "ROLLCALL_BLOB_URL": f"s3://{name}/recordings",
            "ROLLCALL_MODEL_DIR": str(ROOT / ".models"),
            "ROLLCALL_EGRESS_ALLOW": "127.0.0.0/8",
        } | variables
        # Whatever a test opens, what it serves itself is on host one.
        opened = f"{self._variables['ROLLCALL_EGRESS_ALLOW']},{HOST_ONE}/32"
        self._variables["ROLLCALL_EGRESS_ALLOW"] = opened
        self.processes: dict[str, Supervised] = {}

    def start(self) -> None:
        """Make the ledger and its first tenant, then start all processes at once."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        prepare = [sys.executable, "-m", "deploy.processes", "prepare"]
        subprocess.run(prepare, env=environment_with(**self.variables), check=True)
        for host, names in ((self.hosts.one, ON_ONE), (self.hosts.two, ON_TWO)):
            for name in names:
                self._start_on(host, name)

    def wait_until_ready(self) -> None:
        """Return once both hosts have a worker with its models. Raises DidNotStart."""
        super().wait_until_ready()
        self.wait_until_present(WORKERS)

    def wait_until_present(self, workers: int) -> None:
        """Return once so many workers say that they are there, no more and no less. Raises DidNotStart."""
        with Redis.from_url(self.variables["ROLLCALL_REDIS_URL"], decode_responses=True) as redis:
            deadline = time.monotonic() + START_SECONDS
            while len(workers_present(redis)) != workers:
                if time.monotonic() > deadline:
                    raise DidNotStart(f"not {workers} workers:\n{self.last_words()}")
                time.sleep(0.2)

    def _start_on(self, host: Host, name: str) -> None:
        folder = host.folder / self.data_dir.name / name
        label = f"{name}-{host.name}"
        variables = self.variables | {
            "ROLLCALL_DATA_DIR": str(folder),
            "ROLLCALL_MASTER_KEY_FILE": str(folder / "given.key"),
            "ROLLCALL_WORKER_HOST": host.name,
            "TMPDIR": str(folder),
            # Host two starts in no working folder of ours.
            "PYTHONPATH": str(ROOT),
        }
        _give_key(host, folder, self._master_key)
        command = [*host.entered, *self.command_of(name)]
        log = self.data_dir / f"log-{label}"
        self.processes[label] = Supervised(label, command, environment_with(**variables), log)

    @property
    def headers(self) -> dict[str, str]:
        """The first tenant's key, as a request brings it."""
        return {"X-API-Key": self.api_key}

    def log_of(self, label: str) -> str:
        """What a process, ``worker-two`` say, has logged."""
        return (self.data_dir / f"log-{label}").read_text(errors="replace")

    def logged(self) -> str:
        """All logs, one after the other."""
        return "".join(self.log_of(label) for label in self.processes)

    def last_words(self) -> str:
        """The end of every log."""
        ends = {label: self.log_of(label).splitlines()[-LOG_LINES_SHOWN:] for label in self.processes}
        return "\n".join(f"{label}: {line}" for label, lines in ends.items() for line in lines)

    def command_of(self, name: str) -> list[str]:
        """What starts a process of the service."""
        assert name in COMMANDS
        return [sys.executable, "-m", "deploy.processes", name]

    @property
    def returncode(self) -> int | None:
        """None while it runs: what ends is started again."""
        return None if self.processes else 0

    @property
    def pid(self) -> int:
        """There is no launcher. Raises RuntimeError."""
        raise RuntimeError("a fleet has no launcher")

    def stop(self) -> int:
        """End all processes."""
        with ThreadPoolExecutor(len(self.processes) or 1) as pool:
            list(pool.map(Supervised.stop, self.processes.values()))
        self.processes.clear()
        return 0

    def kill(self) -> None:
        """There is no launcher to kill. Raises RuntimeError."""
        raise RuntimeError("a fleet has no launcher")


def _give_key(host: Host, folder: Path, key: Path) -> None:
    """The master key is brought to each host, as an operator would do it."""
    script = f"mkdir -p '{folder}' && umask 077 && cat >'{folder}/given.key'"
    subprocess.run([*host.entered, "sh", "-c", script], input=key.read_bytes(), check=True)


_KNOWN: dict[Path, int] = {}


def _numbered(data_dir: Path) -> tuple[str, int]:
    """A name for the folder's database and bucket, and a number for its part of Redis."""
    number = _KNOWN.setdefault(data_dir, len(_KNOWN))
    return f"service-{number}", number
