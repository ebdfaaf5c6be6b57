"""How long a worker takes from its start until it has its models and is ready for its first job."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from redis import Redis

from bench.report import Section
from deploy.local.embedded_redis import embedded_redis
from shared.presence import workers_present
from shared.settings.environment import environment_with

ROUNDS = 5
PROMISED_SECONDS = 10
LONGEST_SECONDS = 120
_STOP_SECONDS = 30
_POLL_SECONDS = 0.02


def measure_worker_start(rounds: int = ROUNDS) -> Section:
    """From the start of the process to its key in Redis, by which the gateway knows of it, too."""
    seconds = []
    for _ in range(rounds):
        with TemporaryDirectory() as folder, embedded_redis(Path(folder) / "redis") as redis_url:
            seconds.append(_seconds_to_presence(Path(folder), redis_url))
    return Section(
        "Worker: start to ready",
        ("what", f"seconds (median of {rounds})", "slowest", "promised"),
        [
            (
                "model worker",
                f"{median(seconds):.1f}",
                f"{max(seconds):.1f}",
                f"≤ {PROMISED_SECONDS}",
            )
        ],
        "The process that `make run` starts, until its child has loaded the models and announced itself.",
    )


def _seconds_to_presence(folder: Path, redis_url: str) -> float:
    with _command(folder, redis_url, "prepare") as preparation:
        preparation.wait()
    started = time.perf_counter()
    with (
        _command(folder, redis_url, "worker") as worker,
        Redis.from_url(redis_url, decode_responses=True) as redis,
    ):
        while (seconds := time.perf_counter() - started) < LONGEST_SECONDS and worker.poll() is None:
            if workers_present(redis):
                return seconds
            time.sleep(_POLL_SECONDS)
    raise TimeoutError("the worker did not announce itself")


@contextmanager
def _command(folder: Path, redis_url: str, name: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.processes", name],
        env=environment_with(
            ROLLCALL_DATA_DIR=str(folder),
            ROLLCALL_REDIS_URL=redis_url,
            ROLLCALL_DATABASE_URL="",
            ROLLCALL_BLOB_URL="",
        ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
