"""Calls that come whether or not the service keeps up with them (an open loop), and what became of each."""

import random
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests

# More calls than the service can have under way, or this would be what slows them down.
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Call:
    """A request to make: to which address, with which key."""

    kind: str
    url: str
    api_key: str
    body: dict[str, object]


@dataclass(frozen=True)
class Answer:
    """What a call was answered, after how many seconds, and by how many it was made too late."""

    kind: str
    status: int
    seconds: float
    late_seconds: float
    retry_after_seconds: float | None
    job: str


class Offering:
    """Makes calls, each chosen at random and on a connection of its own, at random moments."""

    def __init__(self, calls: Sequence[Call], seed: int = 1) -> None:
        self._calls = calls
        self._random = random.Random(seed)

    def run(self, per_second: float, seconds: float) -> list[Answer]:
        """The answers to all calls of so many seconds."""
        due, moment = [], 0.0
        while (moment := moment + self._random.expovariate(per_second)) < seconds:
            due.append(moment)
        started = time.monotonic()
        with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
            answers = []
            for moment in due:
                time.sleep(max(0.0, started + moment - time.monotonic()))
                call = self._random.choice(self._calls)
                answers.append(pool.submit(self._made, call, started + moment))
            return [answer.result() for answer in answers]

    def _made(self, call: Call, due: float) -> Answer:
        request_id = uuid.uuid4().hex
        begun = time.monotonic()
        response = requests.post(
            call.url,
            json=call.body,
            params={"request_id": request_id},
            headers={"X-API-Key": call.api_key},
            timeout=600,
        )
        told = response.headers.get("Retry-After")
        return Answer(
            kind=call.kind,
            status=response.status_code,
            seconds=time.monotonic() - begun,
            late_seconds=begun - due,
            retry_after_seconds=None if told is None else float(told),
            job=request_id,
        )
