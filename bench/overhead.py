"""What a job takes beside its model: from a request until its webhook has arrived."""

import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import requests

from bench.report import Section
from tests.chaos.fleet import Fleet, running_fleet
from tests.chaos.inbox import Inbox, open_inbox
from tests.chaos.submitting import DIARIZE, tone
from tests.chaos.tiny_engine import RATE, WORK_SECONDS_VARIABLE

JOBS, WARM_UP = 300, 20
MODEL_SECONDS = 0.02
AUDIO_SECONDS = 2.3
PROMISED_MS = {"p50": 30, "p99": 150}
DATABASES = {"SQLite": False, "PostgreSQL": True}


def measure_overhead() -> Section:
    """Jobs one after another through real processes; only the model is a stand-in that sleeps."""
    found = {name: _overheads_ms(postgres=postgres) for name, postgres in DATABASES.items()}
    promised = ", ".join(f"{name} ≤ {limit}" for name, limit in PROMISED_MS.items())
    return Section(
        "A job's time beside its model, from the request to the webhook",
        ("database", "p50 ms", "p90 ms", "p99 ms", f"longest ms (promised: {promised})"),
        [(name, *(f"{figure:.1f}" for figure in figures_of(times))) for name, times in found.items()],
        f"{JOBS} jobs of {AUDIO_SECONDS} s of audio, one after another, through gateway, Redis, worker, "
        "decoder and delivery as they run in service. A stand-in for the model sleeps for "
        f"{MODEL_SECONDS * 1000:.0f} ms, which are taken off; the receiver is on this machine.",
    )


def figures_of(times_ms: Sequence[float]) -> tuple[float, float, float, float]:
    """Median, 90th and 99th percentile, and the longest."""
    of_hundred = quantiles(times_ms, n=100, method="inclusive")
    return median(times_ms), of_hundred[89], of_hundred[98], max(times_ms)


def _overheads_ms(*, postgres: bool) -> list[float]:
    variables = {WORK_SECONDS_VARIABLE: str(MODEL_SECONDS)}
    with (
        TemporaryDirectory() as folder,
        running_fleet(Path(folder), workers=1, postgres=postgres, **variables) as fleet,
        open_inbox() as inbox,
        requests.Session() as session,
    ):
        session.headers.update(fleet.headers)
        content = tone(AUDIO_SECONDS)
        times = [_job_seconds(fleet, inbox, session, content, n) for n in range(WARM_UP + JOBS)]
    return [1000 * (seconds - MODEL_SECONDS) for seconds in times[WARM_UP:]]


def _job_seconds(fleet: Fleet, inbox: Inbox, session: requests.Session, content: str, number: int) -> float:
    request_id = f"job-{number}"
    started = time.time()
    response = session.post(
        fleet.url + DIARIZE,
        json={"encoding": "WAV", "sampleRate": RATE, "content": content},
        params={"webhook": inbox.url, "request_id": request_id},
        timeout=60,
    )
    response.raise_for_status()
    if inbox.wait_for({request_id}, 60):
        raise RuntimeError(f"no webhook came:\n{fleet.last_words()}")
    return inbox.arrived_at[request_id] - started
