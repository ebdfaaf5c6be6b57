"""Callers: they submit, and send the same request again until it is accepted."""

import base64
import io
import time
import uuid
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
import requests

from tests.chaos.fleet import Fleet
from tests.chaos.inbox import Inbox
from tests.chaos.table import Row
from tests.chaos.tiny_engine import POISON_LEVEL, RATE

DIARIZE = "/audio/generic/api/v2/async/diarize"
ACCEPTED = 202
TIMEOUT_SECONDS = 20


def tone(seconds: float = 0.3) -> str:
    """A short recording, as a request carries it."""
    moments = np.arange(int(seconds * RATE)) / RATE
    return _encoded(0.3 * np.sin(2 * np.pi * 440 * moments))


def poison() -> str:
    """The recording that kills the stand-in."""
    return _encoded(np.full(2 * RATE, POISON_LEVEL))


def _encoded(samples: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> str:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((samples * 32768).astype("<i2").tobytes())
    return base64.b64encode(file.getvalue()).decode()


TONE = tone()


@dataclass
class Callers:
    """Submits jobs to a fleet, and knows which were accepted."""

    fleet: Fleet
    inbox: Inbox
    api_key: str = ""
    """Whose they are; the first tenant's if it is empty."""
    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def submit(self, content: str = TONE, request_id: str | None = None) -> str | None:
        """One attempt; the request id if it was accepted."""
        request_id = request_id or uuid.uuid4().hex
        try:
            response = requests.post(
                self.fleet.url + DIARIZE,
                json={"encoding": "WAV", "sampleRate": RATE, "content": content},
                params={"webhook": self.inbox.url, "request_id": request_id},
                headers={"X-API-Key": self.api_key or self.fleet.api_key},
                timeout=TIMEOUT_SECONDS,
            )
        except requests.RequestException:
            self.refused.add(request_id)
            return None
        if response.status_code != ACCEPTED:
            self.refused.add(request_id)
            return None
        self.accepted.add(request_id)
        self.refused.discard(request_id)
        return request_id

    def insist(self, content: str = TONE, seconds: float = 60) -> str:
        """Submit the same request until it is accepted."""
        request_id, deadline = uuid.uuid4().hex, time.monotonic() + seconds
        while self.submit(content, request_id) is None:
            assert time.monotonic() < deadline, "the fleet accepts nothing"
            time.sleep(0.2)
        return request_id

    def row(
        self,
        fault: str,
        *,
        rounds: int,
        lost: int,
        recovered_seconds: float | None,
        promise: str,
        held: bool = True,
        remark: str = "",
    ) -> Row:
        """The campaign's row about these callers; lost or doubled jobs break any promise."""
        accepted, doubled = len(self.accepted), self.inbox.doubled
        return Row(
            fault=fault,
            rounds=rounds,
            accepted=accepted,
            completed=accepted - lost,
            lost=lost,
            doubled=doubled,
            recovered_seconds=recovered_seconds,
            promise=promise,
            held=held and not lost and not doubled,
            remark=remark,
        )

    def insist_on_many(self, number: int, at_once: int = 4) -> None:
        """So many jobs, each accepted in the end."""
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(lambda _: self.insist(), range(number)))
