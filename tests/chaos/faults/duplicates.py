"""The same request many times at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import requests
from sqlalchemy import func, select

from shared.store.schema import Job
from tests.chaos.fleet import Fleet, running_fleet
from tests.chaos.inbox import Inbox, open_inbox
from tests.chaos.submitting import DIARIZE, TONE
from tests.chaos.table import Row

SpeakerSamples = "/v1/speakers/anna/samples"


def submit_in_parallel(folder: Path, times: int) -> list[Row]:
    """One request_id, and one Idempotency-Key, so many times at one moment."""
    with running_fleet(folder, workers=1) as fleet, open_inbox() as inbox:
        return [
            _row(f"{times} parallel submissions with one request_id", fleet, inbox, times, _by_request_id),
            _row(f"{times} parallel submissions with one Idempotency-Key", fleet, inbox, times, _by_key),
        ]


def _row(
    fault: str, fleet: Fleet, inbox: Inbox, times: int, submit: Callable[[Fleet, Inbox], requests.Response]
) -> Row:
    before, barrier = _jobs(fleet), Barrier(times)

    def at_once(_: int) -> requests.Response:
        barrier.wait()
        return submit(fleet, inbox)

    with ThreadPoolExecutor(times) as pool:
        answers = list(pool.map(at_once, range(times)))
    made = _jobs(fleet) - before
    accepted = sum(answer.status_code == 202 for answer in answers)
    different = len({answer.content for answer in answers})
    return Row(
        fault,
        1,
        accepted,
        made,
        0 if made else 1,
        max(0, made - 1),
        None,
        f"1 job, {times} equal answers",
        (accepted, made, different) == (times, 1, 1),
        f"{different} different answers",
    )


def _by_request_id(fleet: Fleet, inbox: Inbox) -> requests.Response:
    return requests.post(
        fleet.url + DIARIZE,
        json={"encoding": "WAV", "content": TONE},
        params={"webhook": inbox.url, "request_id": "the-same"},
        headers=fleet.headers,
        timeout=60,
    )


def _by_key(fleet: Fleet, inbox: Inbox) -> requests.Response:
    return requests.post(
        fleet.url + SpeakerSamples,
        json={"content": TONE, "webhook": inbox.url},
        headers=fleet.headers | {"Idempotency-Key": "the-same"},
        timeout=60,
    )


def _jobs(fleet: Fleet) -> int:
    store = fleet.store()
    with store.reading() as session:
        number = session.scalars(select(func.count()).select_from(Job)).one()
    store.close()
    return number
