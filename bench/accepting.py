"""What the gateway adds to a request that it only accepts, beside a bare Flask app that discards it."""

import base64
import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import numpy as np
import requests

from bench.report import Section
from deploy.demo.conversation import packaged_conversation
from deploy.local.checks import free_port
from deploy.local.embedded_redis import embedded_redis
from deploy.local.lone_gateway import LoneGateway, lone_gateway, wait_until_alive
from deploy.processes.commands import gateway_command
from shared.crypto import KeyRing, load_master_key
from shared.domain import Line
from shared.settings import load_settings
from shared.store import Store
from shared.store.speakers import Speakers
from shared.store.tenants import authenticate, data_key

ROUNDS, WARM_UP = 250, 25
CONTENT_BYTES = 75_000
PROMISED_MS = 15
SPEAKER = "somebody"
WEBHOOK = "https://example.com/hook"
BARE_APP = """
from flask import Flask, request
app = Flask("bare")
@app.get("/livez")
def livez():
    return {{}}
@app.post("/")
def take():
    {take}
"""
READING = "return {'bytes': sum(map(len, iter(lambda: request.stream.read(65536), b'')))}, 202"


def measure_accepting() -> Section:
    """Every call in turn, to the bare app and to the gateway, each on a connection that is kept."""
    with (
        TemporaryDirectory() as folder,
        embedded_redis(Path(folder) / "redis") as redis_url,
        lone_gateway(Path(folder) / "data", redis_url) as gateway,
        bare_app(folder, READING) as bare_port,
    ):
        enroll_anybody(gateway)
        times = {
            name: _timed(f"http://127.0.0.1:{bare_port}", gateway, *call)
            for name, call in calls(gateway.url).items()
        }
    return Section(
        f"Accepting an asynchronous request of {CONTENT_BYTES * 4 // 3 // 1000} kB",
        ("call", "bare p50 ms", "gateway p50 ms", f"added ms (promised: < {PROMISED_MS})", "gateway p95 ms"),
        [_row(name, bare, ours) for name, (bare, ours) in times.items()],
        f"The same gunicorn command for both, {ROUNDS} requests to each in turn, the body JSON with base64. "
        "No worker runs, so that only accepting is measured: audio stored, job committed, its id queued.",
    )


def _row(name: str, bare: list[float], ours: list[float]) -> tuple[str, ...]:
    added = median(ours) - median(bare)
    p95 = quantiles(ours, n=20)[-1]
    return (name, *(f"{figure:.1f}" for figure in (median(bare), median(ours), added, p95)))


def calls(url: str) -> dict[str, tuple[str, dict[str, object]]]:
    """By dialect: the address of an asynchronous identification, and a body of it."""
    content = base64.b64encode(packaged_conversation().audio.read_bytes()[:CONTENT_BYTES]).decode()
    prefix = f"{url}/audio/generic/api/v2/async"
    return {
        "dialect 1, identify": (
            f"{prefix}/diarization/identify?webhook={WEBHOOK}",
            {"encoding": "WAV", "sampleRate": 16000, "speakerIds": [SPEAKER], "content": content},
        ),
        "dialect 2, identifications": (
            f"{url}/v1/identifications",
            {"speakers": [SPEAKER], "content": content, "webhook": WEBHOOK},
        ),
    }


def _timed(
    bare_url: str, gateway: LoneGateway, url: str, body: dict[str, object]
) -> tuple[list[float], list[float]]:
    """Milliseconds of each request to the bare app, and to the gateway."""
    data = json.dumps(body).encode()
    bare, ours = [], []
    with requests.Session() as to_bare, requests.Session() as to_gateway:
        for session in (to_bare, to_gateway):
            session.headers.update({"X-API-Key": gateway.api_key, "Content-Type": "application/json"})
        for _ in range(WARM_UP + ROUNDS):
            bare.append(_milliseconds(to_bare, bare_url, data))
            ours.append(_milliseconds(to_gateway, url, data))
    return bare[WARM_UP:], ours[WARM_UP:]


def _milliseconds(session: requests.Session, url: str, data: bytes) -> float:
    started = time.perf_counter()
    response = session.post(url, data=data, timeout=60)
    duration_ms = (time.perf_counter() - started) * 1000
    if response.status_code != requests.codes.accepted:
        raise RuntimeError(f"{url} answered {response.status_code}: {response.text}")
    return duration_ms


@contextmanager
def bare_app(folder: str, take: str, threads: int = 0) -> Iterator[int]:
    """The port of an app that answers a request by ``take``, a statement, under the gateway's command.

    With so many threads if any are named.
    """
    (Path(folder) / "bare_app.py").write_text(BARE_APP.format(take=take))
    chosen = {"http_host": "127.0.0.1", "http_port": free_port()}
    chosen |= {"gateway_threads": threads} if threads else {}
    settings = load_settings().model_copy(update=chosen)
    *command, _ = gateway_command(settings)
    process = subprocess.Popen([*command, "--pythonpath", folder, "bare_app:app"])
    try:
        wait_until_alive(f"http://127.0.0.1:{settings.http_port}", process)
        yield settings.http_port
    finally:
        process.terminate()
        process.wait()


def enroll_anybody(gateway: LoneGateway) -> None:
    """A speaker whose voiceprint is noise: to accept a request it is enough that he exists."""
    store = Store(f"sqlite:///{gateway.data_dir / 'rollcall.db'}")
    keyring = KeyRing(load_master_key(gateway.data_dir / "master.key"))
    with store.writing() as session:
        caller = authenticate(session, gateway.api_key)
        if caller is None:
            raise RuntimeError("the gateway's key is not in its ledger")
        Speakers(session, caller.tenant_id, 0).add_sample(
            SPEAKER,
            np.zeros((len(Line), 64), np.float32),
            job_id="none",
            audio_seconds=60,
            speech_seconds=60,
            model_id="none",
            data_key=data_key(session, caller.tenant_id, keyring),
        )
    store.close()
