"""How long the gateway takes from its start to its first answer, beside a Flask app that does nothing."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import requests

from bench.report import Section
from deploy.local.checks import free_port
from shared.settings.environment import environment_with

ROUNDS = 5
BARE_APP = """
from flask import Flask
app = Flask("bare")
@app.get("/livez")
def livez():
    return {}
"""


def measure_gateway_start() -> Section:
    """Both in turn, several times."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "bare_app.py").write_text(BARE_APP)
        pairs = [
            (
                _seconds_to_first_answer("bare_app:app", folder),
                _seconds_to_first_answer("api.main:app", folder),
            )
            for _ in range(ROUNDS)
        ]
    bare, gateway = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    ratio = median(pair[1] / pair[0] for pair in pairs)
    return Section(
        "Gateway: start to first /livez",
        ("what", "seconds (median of 5)", "ratio"),
        [("bare Flask app", f"{bare:.2f}", "1"), ("gateway", f"{gateway:.2f}", f"{ratio:.2f}")],
        "The same gunicorn command for both, started in turn.",
    )


def _seconds_to_first_answer(app: str, folder: str) -> float:
    port = free_port()
    started = time.perf_counter()
    with _gunicorn(app, port, folder):
        while time.perf_counter() - started < 60:
            try:
                if requests.get(f"http://127.0.0.1:{port}/livez", timeout=5).ok:
                    return time.perf_counter() - started
            except requests.ConnectionError:
                time.sleep(0.01)
    raise TimeoutError(f"{app} does not answer")


@contextmanager
def _gunicorn(app: str, port: int, folder: str) -> Iterator[None]:
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    process = subprocess.Popen(
        [*command, "--pythonpath", folder, "--log-level", "error", app],
        env=environment_with(ROLLCALL_DATA_DIR=folder, ROLLCALL_REDIS_URL="redis://127.0.0.1:1"),
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()
