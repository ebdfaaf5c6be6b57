"""What there is to see in the console: tenants with speakers, recordings and deliveries."""

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from deploy.local.background import BackgroundStack
from shared import apikeys
from shared.domain import Candidate, Dialect, JobKind, JobState, Segment, StrangerReason
from shared.store.schema import ApiKey, Job, new_id, now
from tests.end_to_end.serving import ledger

LONG_SECONDS = 7200.0
LONG_SEGMENTS = 2000
PEOPLE = ["ada", "grace", "alan", "edsger", None, None]


def tenant_of(stack: BackgroundStack, key: str) -> str:
    """Whose key it is."""
    store = ledger(stack)
    with store.reading() as session:
        found = session.query(ApiKey).filter_by(key_digest=apikeys.digest(key)).one()
    store.close()
    return found.tenant_id


def finished_job(stack: BackgroundStack, key: str, segments: list[Segment], seconds: float, file: str) -> str:
    """The id of a job as if its recording had been heard: only the recording is made up."""
    job = Job(
        id=new_id(),
        tenant_id=tenant_of(stack, key),
        request_id=new_id(),
        request_digest="of a test",
        kind=JobKind.IDENTIFY,
        dialect=Dialect.V1,
        queue="async",
        state=JobState.SUCCEEDED,
        parameters={"speaker_ids": []},
        caller_metadata={"file": file},
        audio_seconds=seconds,
        model_id="embedded",
        created_at=now() - timedelta(seconds=90),
        started_at=now() - timedelta(seconds=80),
        finished_at=now(),
        attempts=1,
        result={"line": "wideband", "segments": [segment.to_json() for segment in segments]},
    )
    store = ledger(stack)
    with store.writing() as session:
        session.add(job)
        job_id: str = job.id
    store.close()
    return job_id


def long_meeting(stack: BackgroundStack, key: str) -> str:
    """The id of a job of two hours with two thousand segments of six voices."""
    return finished_job(stack, key, list(_long()), LONG_SECONDS, "board-meeting.wav")


def _long() -> Iterator[Segment]:
    chance = random.Random(7)
    step = LONG_SECONDS / LONG_SEGMENTS
    for number in range(LONG_SEGMENTS):
        voice = chance.randrange(len(PEOPLE))
        start = number * step
        end = min(LONG_SECONDS, start + step * chance.uniform(0.5, 1.25))
        yield _segment(voice, start, end, chance)


def _segment(voice: int, start: float, end: float, chance: random.Random) -> Segment:
    speaker = PEOPLE[voice]
    nearest = tuple(Candidate(name, chance.uniform(-9, 6)) for name in ("ada", "grace", "alan"))
    return Segment(
        start,
        end,
        label=speaker or f"stranger-{voice - 3}",
        speaker_id=speaker,
        confidence=chance.uniform(0.6, 1),
        reason=None if speaker else StrangerReason.BELOW_THRESHOLD,
        candidates=nearest,
    )


def long_sound(seconds: float) -> dict[str, Any]:
    """A file for a page's file field: a tone that swells, as long as a test wants it."""
    import io
    import wave

    import numpy as np

    rate = 8000
    time = np.arange(int(seconds * rate)) / rate
    sound = np.sin(time * 2 * np.pi * 220) * (0.5 + 0.5 * np.sin(time * 2 * np.pi / 7)) * 12000
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(sound.astype("<i2").tobytes())
    return {"name": "tone.wav", "mimeType": "audio/wav", "buffer": buffer.getvalue()}
