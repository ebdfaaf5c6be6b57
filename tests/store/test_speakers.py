"""Speakers, samples and encrypted voiceprints, on both databases."""

import numpy as np
import pytest
from sqlalchemy import select

from shared.crypto import DecryptionError, KeyRing
from shared.store import Store
from shared.store.schema import Tenant, Voiceprint
from shared.store.speakers import Speakers
from shared.store.tenants import data_key

EXEMPLARS = np.linspace(-1, 1, 3 * 64, dtype=np.float32).reshape(3, 64)
MODEL = "embedded@1"
COMPLETE_SECONDS = 12.0


class Enrollments:
    """Enrols and reads on behalf of one tenant."""

    def __init__(self, store: Store, tenant_id: str, keyring: KeyRing) -> None:
        self._store, self._tenant_id, self._keyring = store, tenant_id, keyring

    def add(self, speaker_id: str, speech_seconds: float = 10.0, model_id: str = MODEL) -> None:
        with self._store.writing() as session:
            Speakers(session, self._tenant_id, COMPLETE_SECONDS).add_sample(
                speaker_id,
                EXEMPLARS,
                job_id="job",
                audio_seconds=speech_seconds + 1,
                speech_seconds=speech_seconds,
                model_id=model_id,
                data_key=data_key(session, self._tenant_id, self._keyring),
            )

    def exemplars(self, speaker_id: str, model_id: str = MODEL) -> list[np.ndarray]:
        with self._store.reading() as session:
            key = data_key(session, self._tenant_id, self._keyring)
            speakers = Speakers(session, self._tenant_id, COMPLETE_SECONDS)
            found = speakers.voiceprints([speaker_id], model_id=model_id, data_key=key)
        return [voiceprint.exemplars for voiceprint in found]


@pytest.fixture
def enrollments(store: Store, tenant_id: str, keyring: KeyRing) -> Enrollments:
    """The first tenant's enrolments."""
    return Enrollments(store, tenant_id, keyring)


def test_samples_add_up(store: Store, tenant_id: str, enrollments: Enrollments) -> None:
    enrollments.add("alice", 10)
    enrollments.add("alice", 5)
    with store.reading() as session:
        (alice,) = Speakers(session, tenant_id, COMPLETE_SECONDS).summaries()
    assert (alice.speech_seconds, alice.audio_seconds) == (15, 17)


def test_an_enrolment_is_complete_from_the_set_amount_of_speech(
    store: Store, tenant_id: str, enrollments: Enrollments
) -> None:
    enrollments.add("short", 11.9)
    enrollments.add("enough", 12)
    with store.reading() as session:
        found = Speakers(session, tenant_id, COMPLETE_SECONDS).summaries()
    assert {one.speaker_id: one.enrollment_complete for one in found} == {"enough": True, "short": False}


def test_a_voiceprint_comes_back_as_it_was_stored(enrollments: Enrollments) -> None:
    enrollments.add("alice")
    np.testing.assert_array_equal(enrollments.exemplars("alice"), [EXEMPLARS])


def test_a_voiceprint_of_another_model_is_not_used(enrollments: Enrollments) -> None:
    enrollments.add("alice", model_id="other@1")
    assert enrollments.exemplars("alice") == []


def test_the_database_holds_no_voiceprint_in_clear(store: Store, enrollments: Enrollments) -> None:
    enrollments.add("alice")
    with store.reading() as session:
        ciphertext = session.scalars(select(Voiceprint.ciphertext)).one()
    assert EXEMPLARS.tobytes()[:16] not in ciphertext


def test_a_voiceprint_moved_to_another_sample_does_not_open(store: Store, enrollments: Enrollments) -> None:
    enrollments.add("alice")
    enrollments.add("bob")
    with store.writing() as session:
        first, second = session.scalars(select(Voiceprint)).all()
        first.ciphertext = second.ciphertext
    with pytest.raises(DecryptionError):
        enrollments.exemplars("alice"), enrollments.exemplars("bob")


def test_a_voiceprint_does_not_open_with_another_master_key(
    store: Store, tenant_id: str, enrollments: Enrollments
) -> None:
    enrollments.add("alice")
    with pytest.raises(DecryptionError):
        Enrollments(store, tenant_id, KeyRing(b"x" * 32)).exemplars("alice")


def test_another_tenants_speaker_is_not_seen(
    store: Store, enrollments: Enrollments, keyring: KeyRing
) -> None:
    enrollments.add("alice")
    with store.writing() as session:
        session.add(Tenant(id="other", name="other", wrapped_key=keyring.new_wrapped_key("other")))
    with store.reading() as session:
        assert Speakers(session, "other", COMPLETE_SECONDS).summaries() == []
