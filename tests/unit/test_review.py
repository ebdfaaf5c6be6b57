"""Comparing who is enrolled: what is read, what is found, and what comes of damage."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from shared import apikeys
from shared.domain import Line
from shared.services import Services, make_services
from shared.settings import Settings
from shared.store import confusable, reviews
from shared.store.schema import Sample, Voiceprint
from shared.store.speakers import Speakers
from shared.store.tenants import authenticate, data_key, ensure_first_tenant
from tests.ledgers import lay_ledger
from tests.unit.galleries import ANN, BOB, CALIBRATION, SCORER
from tests.unit.voices import windows
from worker.engine import Engine
from worker.review import review, review_at_once, warnings_about
from worker.voiceprints.likeness import EnrolledVoice

MODEL = "made-up@1"
NO_DIARIZER: Any = None
ENGINE = Engine(MODEL, NO_DIARIZER, SCORER, CALIBRATION)


def exemplars(number: int, seed: int) -> np.ndarray:
    return np.stack([windows(number, 8, seed).mean(0)] * len(Line)).astype(np.float32)


class Tenant:
    """The first tenant of a ledger, and a worker that compares his speakers."""

    def __init__(self, services: Services) -> None:
        self.services = services
        key = apikeys.generate()
        with services.store.writing() as session:
            ensure_first_tenant(session, key, services.keyring)
            caller = authenticate(session, key)
        assert caller
        self.id = caller.tenant_id
        self._seed = 0

    def add(self, speaker_id: str, number: int, model_id: str = MODEL) -> str:
        """The id of a sample of a voice, whose review is due."""
        self._seed += 1
        with self.services.store.writing() as session:
            return Speakers(session, self.id, 12).add_sample(
                speaker_id,
                exemplars(number, self._seed),
                job_id="job",
                audio_seconds=14,
                speech_seconds=13,
                model_id=model_id,
                data_key=data_key(session, self.id, self.services.keyring),
            )

    def review(self, *speaker_ids: str) -> None:
        for speaker_id in speaker_ids:
            review_at_once(self.services, ENGINE, self.id, speaker_id)

    def sample(self, sample_id: str) -> Sample:
        with self.services.store.reading() as session:
            return session.get_one(Sample, sample_id)

    def pairs(self) -> list[tuple[str, str]]:
        with self.services.store.reading() as session:
            found = confusable.worst_first(session, self.id, after=None, limit=50)
        return [pair.speaker_ids for pair in found]

    def damage(self, sample_id: str) -> None:
        with self.services.store.writing() as session:
            kept = session.scalars(select(Voiceprint).where(Voiceprint.sample_id == sample_id)).one()
            kept.ciphertext = kept.ciphertext[:-1] + bytes([kept.ciphertext[-1] ^ 1])

    def is_due(self, speaker_id: str) -> bool:
        with self.services.store.reading() as session:
            key = Speakers(session, self.id, 12).key_of(speaker_id)
            return reviews.find_due(session, str(key)) is not None


@pytest.fixture
def tenant(tmp_path: Path) -> Tenant:
    lay_ledger(tmp_path)
    return Tenant(make_services(Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")))


def test_a_sample_that_came_without_warnings_gets_them(tenant: Tenant) -> None:
    tenant.add("ann", ANN)
    sample_id = tenant.add("ann", BOB)
    tenant.review("ann")
    codes = [warning["code"] for warning in tenant.sample(sample_id).warnings or []]
    assert codes == ["disagrees_with_earlier"]


def test_a_sample_is_held_to_earlier_ones_only(tenant: Tenant) -> None:
    sample_id = tenant.add("ann", ANN)
    tenant.add("ann", BOB)
    tenant.review("ann")
    assert tenant.sample(sample_id).warnings == []


def test_every_sample_tells_its_agreement(tenant: Tenant) -> None:
    samples = [tenant.add("ann", ANN), tenant.add("ann", ANN)]
    tenant.review("ann")
    confidences = [(tenant.sample(one).agreement or {})["confidence"] for one in samples]
    assert min(confidences) > 0.9


def test_one_voice_under_two_ids_makes_a_pair(tenant: Tenant) -> None:
    tenant.add("ann", ANN)
    tenant.add("anna", ANN)
    tenant.add("bob", BOB)
    tenant.review("ann", "anna", "bob")
    assert tenant.pairs() == [("ann", "anna")]


def test_a_speaker_of_whom_nothing_is_left_makes_no_pair(tenant: Tenant) -> None:
    tenant.add("ann", ANN)
    sample_id = tenant.add("anna", ANN)
    tenant.review("ann", "anna")
    with tenant.services.store.writing() as session:
        Speakers(session, tenant.id, 12).remove_sample("anna", sample_id)
    tenant.review("anna")
    assert tenant.pairs() == []


def test_voices_of_another_model_are_not_compared(tenant: Tenant) -> None:
    tenant.add("ann", ANN)
    tenant.add("anna", ANN, model_id="other@1")
    tenant.review("ann", "anna")
    assert tenant.pairs() == []


def test_a_review_of_nobody_does_nothing(tenant: Tenant) -> None:
    review(tenant.services, ENGINE, "no such key")
    assert tenant.pairs() == []


def test_a_damaged_voiceprint_of_another_keeps_nobody_from_enrolling(tenant: Tenant) -> None:
    tenant.damage(tenant.add("bob", BOB))
    voice = EnrolledVoice("ann", exemplars(ANN, 9), 8, Line.WIDEBAND)
    assert warnings_about(tenant.services, ENGINE, tenant.id, voice) is None


def test_a_review_that_damage_prevents_stays_due(tenant: Tenant) -> None:
    tenant.add("ann", ANN)
    tenant.damage(tenant.add("bob", BOB))
    tenant.review("ann")
    assert tenant.is_due("ann")
