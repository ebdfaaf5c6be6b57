"""The voices that are kept with a result, and strangers' labels where they are recognised."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain import Line
from shared.services import Services
from shared.store import heard_voices, retention
from shared.store.heard_voices import KeptVoice
from shared.store.schema import HeardVoice, Job, now
from shared.store.tenants import data_key
from tests.store.corrected import MODEL, point, segment
from tests.store.stored import Kept
from tests.unit.galleries import CALIBRATION, SCORER
from worker.engine import Engine
from worker.kept_voices import KeptVoices

SUE, TOM = 7, 8
NO_DIARIZER: Any = None
ENGINE = Engine(MODEL, NO_DIARIZER, SCORER, CALIBRATION)
Labels = list[str | None]


@pytest.fixture
def recognising(services: Services) -> Services:
    """Services whose operator has switched it on."""
    settings = services.settings.model_copy(update={"recognise_strangers": True})
    return replace(services, settings=settings)


class Recording:
    """A job that has heard voices, given by their numbers, and is about to store them."""

    def __init__(self, services: Services, kept: Kept, *numbers: int, windows: float = 8.0) -> None:
        self._services, job = services, kept.claimed([]).job
        seed = kept.count(Job)
        self._labels = [f"speaker{place}" for place in range(1, len(numbers) + 1)]
        voices = [
            KeptVoice(job.id, label, point(number, seed), windows, Line.WIDEBAND)
            for label, number in zip(self._labels, numbers, strict=True)
        ]
        self._voices = KeptVoices(services, ENGINE, job, voices)

    def stored(self, **of_segments: Any) -> Labels:
        """What strangers are called in the result."""
        found = [segment(label, place, **of_segments) for place, label in enumerate(self._labels)]
        with self._services.store.writing() as session:
            self._voices.take_turn(session)
            result = self._voices.keep(session, {"segments": found})
        return [one.get("stranger") for one in result["segments"]]


def test_a_stranger_keeps_his_label(recognising: Services, kept: Kept) -> None:
    first, second = (Recording(recognising, kept, SUE).stored() for _ in range(2))
    assert (first, str(first[0]).startswith("stranger-")) == (second, True)


def test_two_strangers_have_two_labels(recognising: Services, kept: Kept) -> None:
    assert len(set(Recording(recognising, kept, SUE, TOM).stored())) == 2


def test_of_two_recordings_that_end_at_once_the_second_knows_the_stranger_of_the_first(
    recognising: Services, kept: Kept
) -> None:
    one, other = Recording(recognising, kept, SUE), Recording(recognising, kept, SUE)
    assert one.stored() == other.stored()


def test_by_default_no_stranger_is_known_again(services: Services, kept: Kept) -> None:
    assert Recording(services, kept, SUE).stored() == [None]


@pytest.mark.parametrize(("policy", "known"), [(None, True), (True, True), (False, False)])
def test_a_tenants_policy_comes_before_the_settings(
    recognising: Services, kept: Kept, policy: bool | None, known: bool
) -> None:
    _set_policy(kept, recognises_strangers=policy)
    assert (Recording(recognising, kept, SUE).stored() != [None]) == known


def test_a_tenant_that_requires_consent_recognises_no_strangers(recognising: Services, kept: Kept) -> None:
    _set_policy(kept, requires_consent=True, recognises_strangers=True)
    assert Recording(recognising, kept, SUE).stored() == [None]


def test_who_was_not_looked_for_among_those_heard_before_has_no_label_of_his_own(
    recognising: Services, kept: Kept
) -> None:
    Recording(recognising, kept, SUE).stored()
    _set_policy(kept, recognises_strangers=False)
    again = Recording(recognising, kept, SUE)
    _set_policy(kept, recognises_strangers=True)
    assert again.stored() == [None]


def _set_policy(kept: Kept, **policy: bool | None) -> None:
    with kept.store.writing() as session:
        retention.set_policy(session, kept.tenant_id, **policy)


@pytest.mark.parametrize("reason", ["too_short", "overlap"])
def test_who_is_told_badly_has_no_label_of_his_own(recognising: Services, kept: Kept, reason: str) -> None:
    assert Recording(recognising, kept, SUE).stored(reason=reason) == [None]


def test_who_says_little_has_no_label_of_his_own(recognising: Services, kept: Kept) -> None:
    assert Recording(recognising, kept, SUE, windows=1.0).stored() == [None]


def test_whoever_has_a_name_is_no_stranger(recognising: Services, kept: Kept) -> None:
    assert Recording(recognising, kept, SUE).stored(speaker_id="sue", reason=None) == [None]


def test_a_stranger_whose_voices_are_forgotten_is_a_new_one(recognising: Services, kept: Kept) -> None:
    first = Recording(recognising, kept, SUE).stored()
    with kept.store.writing() as session:
        heard_voices.forget_older(session, now() + timedelta(seconds=1))
    assert Recording(recognising, kept, SUE).stored() != first


def test_voices_are_kept_as_they_were_matched(services: Services, kept: Kept) -> None:
    Recording(services, kept, SUE).stored()
    job_id = kept.all(HeardVoice)[0].job_id
    with kept.store.reading() as session:
        key = data_key(session, kept.tenant_id, services.keyring)
        (found,) = heard_voices.of_jobs(session, kept.tenant_id, [job_id], model_id=MODEL, data_key=key)
    assert (found.point == point(SUE, 1)).all()
