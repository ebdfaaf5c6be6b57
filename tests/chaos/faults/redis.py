"""Killing Redis, cutting it off, and wiping it."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.chaos.fleet import Fleet, running_fleet
from tests.chaos.inbox import open_inbox
from tests.chaos.submitting import Callers
from tests.chaos.table import Row

CONSUMING_SECONDS = 30
BUSY_JOBS = 6
DOWN_SECONDS = 0.5
HANGING_SECONDS = 4


def kill_redis(folder: Path, rounds: int) -> list[Row]:
    """Kill Redis and start it again: idle, busy, and at the moment of a claim; with the default settings."""
    situations = (_idle, _busy, _at_a_claim)

    def kill(callers: Callers, number: int) -> None:
        situations[number % len(situations)](callers)
        callers.fleet.redis.kill()
        time.sleep(DOWN_SECONDS)
        callers.fleet.redis.restart()

    return [_broken(folder, "kill and restart of Redis", rounds, kill, proxied=False)]


def cut_off_redis(folder: Path, rounds: int) -> list[Row]:
    """Let connections to Redis hang while jobs come, then cut them; the server itself is well."""

    def cut_off(callers: Callers, _: int) -> None:
        proxy = callers.fleet.proxy
        assert proxy
        callers.insist_on_many(BUSY_JOBS)
        proxy.hang()
        time.sleep(HANGING_SECONDS)
        proxy.cut()
        proxy.resume()

    return [_broken(folder, "connections to Redis hang, then break", rounds, cut_off, proxied=True)]


def wipe_redis(folder: Path, rounds: int) -> list[Row]:
    """FLUSHALL while jobs wait and run."""

    def wipe(callers: Callers, _: int) -> None:
        callers.insist_on_many(BUSY_JOBS * 4)
        callers.fleet.redis.wipe()

    return [_broken(folder, "FLUSHALL", rounds, wipe, proxied=False)]


def _broken(
    folder: Path, fault: str, rounds: int, break_it: Callable[[Callers, int], None], *, proxied: bool
) -> Row:
    with running_fleet(folder, workers=2, proxied=proxied) as fleet, open_inbox() as inbox:
        callers, waits = Callers(fleet, inbox), []
        for number in range(rounds):
            break_it(callers, number)
            waits.append(_seconds_to_consume(callers))
        lost = len(inbox.wait_for(callers.accepted, 60))
    in_time = sum(wait <= CONSUMING_SECONDS for wait in waits)
    return callers.row(
        fault,
        rounds=rounds,
        lost=lost,
        recovered_seconds=max(waits),
        promise=f"consuming again <= {CONSUMING_SECONDS} s, 0 lost",
        held=in_time == rounds,
        remark=f"{in_time}/{rounds} in time, median {sorted(waits)[len(waits) // 2]:.1f} s",
    )


def _seconds_to_consume(callers: Callers) -> float:
    """From now until the webhook of a job that is submitted now."""
    started = time.monotonic()
    probe = callers.insist()
    callers.inbox.wait_for({probe}, 2 * CONSUMING_SECONDS)
    return time.monotonic() - started


def _idle(callers: Callers) -> None:
    callers.inbox.wait_for(callers.accepted, 60)


def _busy(callers: Callers) -> None:
    callers.insist_on_many(BUSY_JOBS)


def _at_a_claim(callers: Callers) -> None:
    """Redis goes right after a worker took its message, perhaps before it was noted as taken."""
    probe = callers.insist()
    _wait_until(lambda: _taken(callers.fleet, probe), 2)


def _taken(fleet: Fleet, request_id: str) -> bool:
    return fleet.redis.client.llen("async") == 0


def _wait_until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.001)
