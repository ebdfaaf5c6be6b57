"""Requests a second that the gateway accepts, beside a bare Flask app that only parses the same JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench.accepting import CONTENT_BYTES, bare_app, calls, enroll_anybody
from bench.load import http_request, measured_rate
from bench.report import Section
from deploy.local.embedded_redis import embedded_redis
from deploy.local.lone_gateway import LoneGateway, lone_gateway

THREADS, CONNECTIONS = 4, 8
ROUNDS, ROUND_SECONDS, WARM_UP_SECONDS = 5, 4.0, 2.0
PROMISED_RATIO = 0.5
# Requests are counted as ever, but not refused.
NO_LIMIT = "100000000"
PARSING = "return {'fields': len(request.get_json())}, 202"

Pair = tuple[float, float]


def measure_throughput() -> Section:
    """Each call in turn to the bare app and to the gateway, several times."""
    with (
        TemporaryDirectory() as folder,
        embedded_redis(Path(folder) / "redis") as redis_url,
        lone_gateway(
            Path(folder) / "data",
            redis_url,
            threads=THREADS,
            ROLLCALL_REQUESTS_PER_MINUTE=NO_LIMIT,
        ) as gateway,
        bare_app(folder, PARSING, THREADS) as bare_port,
    ):
        enroll_anybody(gateway)
        rates = {
            name: _rates(Path(folder), bare_port, gateway, url, json.dumps(body).encode())
            for name, (url, body) in calls(gateway.url).items()
        }
    return Section(
        f"Gateway: asynchronous requests of {CONTENT_BYTES * 4 // 3 // 1000} kB a second, {THREADS} threads",
        ("call", "bare app", "gateway", f"ratio (promised: ≥ {PROMISED_RATIO})", "lowest and highest"),
        [row_of(name, pairs) for name, pairs in rates.items()],
        f"The same gunicorn command for both, {CONNECTIONS} callers who keep their connections and send the "
        f"next request when the last is answered, {ROUND_SECONDS:.0f} s to each in turn, median of {ROUNDS}. "
        "The bare app parses the JSON and forgets it. No worker runs.",
    )


def row_of(name: str, pairs: Sequence[Pair]) -> tuple[str, ...]:
    """Medians of the rates (bare, gateway) and of their ratios."""
    ratios = [gateway / bare for bare, gateway in pairs]
    bare, gateway = (median(side) for side in zip(*pairs, strict=True))
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    return (name, f"{bare:.0f}", f"{gateway:.0f}", f"{median(ratios):.2f}", spread)


def _rates(folder: Path, bare_port: int, gateway: LoneGateway, url: str, body: bytes) -> list[Pair]:
    headers = {"X-API-Key": gateway.api_key, "Content-Type": "application/json"}
    to_bare = http_request(f"http://127.0.0.1:{bare_port}/", body, headers)
    to_gateway = http_request(url, body, headers)

    def both(seconds: float) -> Pair:
        bare, ours = (
            measured_rate(port, request, folder, seconds=seconds, connections=CONNECTIONS)
            for port, request in ((bare_port, to_bare), (gateway.port, to_gateway))
        )
        return bare, ours

    both(WARM_UP_SECONDS)
    return [both(ROUND_SECONDS) for _ in range(ROUNDS)]
