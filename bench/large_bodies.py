"""How much memory the gateway takes for the largest bodies that it accepts, several of them at once."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import requests

from bench.report import Section
from deploy.local.lone_gateway import LoneGateway, lone_gateway

MIB = 1024 * 1024
LARGEST_BYTES = 64 * MIB
AT_ONCE = 4
PROMISED_MIB = 400
DIARIZE = "/audio/generic/api/v2/async/diarize"
LOOKED_EVERY_SECONDS = 0.02


@dataclass
class Growth:
    """What processes came to hold above what they held before, at their worst."""

    mib: float = 0.0


def measure_large_bodies() -> Section:
    """The largest content allowed, to a gateway that has just started."""
    body = largest_body()
    with (
        TemporaryDirectory() as folder,
        lone_gateway(Path(folder)) as gateway,
        memory_watched(gateway) as growth,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        answers = pool.map(submit, [gateway] * AT_ONCE, [body] * AT_ONCE)
        statuses = {answer.status_code for answer in answers}
    if statuses != {requests.codes.accepted}:
        raise RuntimeError(f"the gateway answered {statuses}")
    return Section(
        f"Gateway: {AT_ONCE} requests at once with {LARGEST_BYTES // MIB} MiB of audio each",
        ("what", f"MiB (promised: < {PROMISED_MIB})"),
        [("growth of resident memory, at its peak", f"{growth.mib:.0f}")],
        "Base64 in JSON, all accepted; no worker runs.",
    )


def largest_body() -> bytes:
    """The largest content allowed: no text, and no audio either, which only a worker can tell."""
    content = base64.b64encode(b"\x00\xff" + os.urandom(LARGEST_BYTES - 2)).decode()
    return json.dumps({"content": content}).encode()


def submit(gateway: LoneGateway, body: bytes) -> requests.Response:
    """An asynchronous diarization."""
    return requests.post(
        gateway.url + DIARIZE,
        data=body,
        params={"webhook": "https://example.com/hook"},
        headers={"X-API-Key": gateway.api_key},
        timeout=120,
    )


def processes_of(gateway: LoneGateway) -> list[psutil.Process]:
    """The launcher and its children."""
    launcher = psutil.Process(gateway.pid)
    return [launcher, *launcher.children(recursive=True)]


@contextmanager
def memory_watched(gateway: LoneGateway) -> Iterator[Growth]:
    """The growth of the gateway's resident memory during the block."""

    def resident_bytes() -> int:
        return sum(process.memory_info().rss for process in processes_of(gateway))

    growth, before, done = Growth(), resident_bytes(), threading.Event()

    def watch() -> None:
        while not done.wait(LOOKED_EVERY_SECONDS):
            growth.mib = max(growth.mib, (resident_bytes() - before) / MIB)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield growth
    finally:
        done.set()
        watcher.join()
