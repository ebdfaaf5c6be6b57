"""Reviews of speakers and the list of who is easily confused, on both databases."""

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import func, select, update

from shared.crypto import KeyRing
from shared.errors import InvalidField
from shared.review import Agreement, Resemblance, Review, SampleWarning, WarningCode
from shared.store import Store, confusable, reviews
from shared.store.removal import erase_speaker
from shared.store.schema import ConfusablePair, Sample, Speaker, now
from shared.store.speakers import Speakers
from shared.store.tenants import data_key

EXEMPLARS = np.ones((3, 64), np.float32)
LIKE_BOB = SampleWarning(WarningCode.SOUNDS_LIKE_ANOTHER, 21.5, "bob")
ODD = SampleWarning(WarningCode.DISAGREES_WITH_EARLIER, -3.25)


class Enrolled:
    """One tenant's speakers and their reviews."""

    def __init__(self, store: Store, tenant_id: str, keyring: KeyRing) -> None:
        self.store, self.tenant_id, self._keyring = store, tenant_id, keyring

    def add(self, speaker_id: str, warnings: list[SampleWarning] | None = None) -> str:
        """A sample's id."""
        with self.store.writing() as session:
            return Speakers(session, self.tenant_id, 12).add_sample(
                speaker_id,
                EXEMPLARS,
                job_id="job",
                audio_seconds=11,
                speech_seconds=10,
                model_id="embedded@1",
                data_key=data_key(session, self.tenant_id, self._keyring),
                warnings=warnings,
            )

    def due(self, speaker_id: str) -> Speaker | None:
        """The speaker, if his review is due."""
        with self.store.reading() as session:
            key = Speakers(session, self.tenant_id, 12).key_of(speaker_id)
            return reviews.find_due(session, str(key))

    def record(self, speaker_id: str, review: Review) -> bool:
        speaker = self.due(speaker_id)
        assert speaker
        with self.store.writing() as session:
            return reviews.record(session, speaker, review)

    def alike(self, speaker_id: str, **scores: float) -> None:
        """A review that found whom the speaker sounds like."""
        found = [Resemblance(other, score, 0.001) for other, score in scores.items()]
        assert self.record(speaker_id, Review({}, {}, found))

    def pairs(self, after: list[str] | None = None, limit: int = 50) -> list[confusable.Confusable]:
        with self.store.reading() as session:
            return confusable.worst_first(session, self.tenant_id, after=after, limit=limit)

    def names(self) -> list[tuple[str, str]]:
        """The pairs of the whole list."""
        return [pair.speaker_ids for pair in self.pairs()]

    def sample(self, sample_id: str) -> Sample:
        with self.store.reading() as session:
            return session.get_one(Sample, sample_id)

    def erase(self, speaker_id: str) -> None:
        with self.store.writing() as session:
            key = data_key(session, self.tenant_id, self._keyring)
            erase_speaker(session, self.tenant_id, speaker_id, key)


@pytest.fixture
def enrolled(store: Store, tenant_id: str, keyring: KeyRing) -> Enrolled:
    """The first tenant's speakers."""
    return Enrolled(store, tenant_id, keyring)


@pytest.fixture
def three(enrolled: Enrolled) -> Enrolled:
    """Ann sounds like Bob, and more like Cid."""
    for name in ("ann", "bob", "cid"):
        enrolled.add(name)
    enrolled.alike("ann", bob=12.5, cid=20.25)
    return enrolled


# When a review is due


def test_a_new_sample_makes_a_review_due(enrolled: Enrolled) -> None:
    enrolled.add("ann")
    assert enrolled.due("ann")


def test_a_recorded_review_is_due_no_more(enrolled: Enrolled) -> None:
    enrolled.add("ann")
    enrolled.alike("ann")
    assert enrolled.due("ann") is None


def test_a_removed_sample_makes_a_review_due(enrolled: Enrolled, tenant_id: str) -> None:
    sample_id = enrolled.add("ann")
    enrolled.alike("ann")
    with enrolled.store.writing() as session:
        Speakers(session, tenant_id, 12).remove_sample("ann", sample_id)
    assert enrolled.due("ann")


def test_a_review_of_what_has_changed_since_writes_nothing(enrolled: Enrolled) -> None:
    sample_id = enrolled.add("ann")
    read = enrolled.due("ann")
    assert read
    enrolled.add("ann")
    with enrolled.store.writing() as session:
        written = reviews.record(session, read, Review({sample_id: [ODD]}, {}, []))
    assert (written, enrolled.sample(sample_id).warnings) == (False, None)


def test_a_review_that_waits_for_long_is_overdue_once(enrolled: Enrolled) -> None:
    enrolled.add("ann")
    with enrolled.store.writing() as session:
        session.execute(update(Speaker).values(review_due_at=now() - timedelta(seconds=90)))
    found = []
    for _ in range(2):
        with enrolled.store.writing() as session:
            found.append(len(reviews.overdue(session, 60, 10)))
    assert (found, enrolled.due("ann") is not None) == ([1, 0], True)


# What is kept of a sample


def test_warnings_come_back_as_they_were_stored(enrolled: Enrolled) -> None:
    kept = enrolled.sample(enrolled.add("ann", [ODD, LIKE_BOB])).warnings or []
    assert [SampleWarning.from_json(warning) for warning in kept] == [ODD, LIKE_BOB]


def test_only_a_sample_without_warnings_of_its_own_waits_for_them(enrolled: Enrolled) -> None:
    enrolled.add("ann", [])
    waiting = enrolled.add("ann")
    speaker = enrolled.due("ann")
    assert speaker
    with enrolled.store.reading() as session:
        assert reviews.unwarned_samples(session, speaker.id) == {waiting}


def test_a_review_tells_a_samples_warnings(enrolled: Enrolled) -> None:
    sample_id = enrolled.add("ann")
    enrolled.record("ann", Review({sample_id: [ODD]}, {}, []))
    assert enrolled.sample(sample_id).warnings == [ODD.to_json()]


def test_a_review_tells_a_samples_agreement(enrolled: Enrolled) -> None:
    sample_id = enrolled.add("ann")
    enrolled.record("ann", Review({}, {sample_id: Agreement(30.5, 0.99)}, []))
    assert enrolled.sample(sample_id).agreement == {"score": 30.5, "confidence": 0.99}


def test_an_only_sample_agrees_with_nothing_any_more(enrolled: Enrolled) -> None:
    sample_id = enrolled.add("ann")
    enrolled.record("ann", Review({}, {sample_id: Agreement(30.5, 0.99)}, []))
    enrolled.add("ann")
    enrolled.record("ann", Review({}, {sample_id: None}, []))
    assert enrolled.sample(sample_id).agreement is None


def test_an_erased_speaker_is_in_no_warning(enrolled: Enrolled) -> None:
    enrolled.add("bob")
    sample_id = enrolled.add("ann", [ODD, LIKE_BOB])
    enrolled.erase("bob")
    assert enrolled.sample(sample_id).warnings == [ODD.to_json()]


# Pairs


def test_the_worst_pair_comes_first(three: Enrolled) -> None:
    assert three.names() == [("ann", "cid"), ("ann", "bob")]


def test_a_pair_comes_back_as_it_was_stored(three: Enrolled) -> None:
    worst = three.pairs()[0]
    assert (worst.score, worst.false_accept_probability) == (20.25, 0.001)


def test_a_pair_is_there_once_whoever_was_reviewed(three: Enrolled) -> None:
    three.alike("cid", ann=20.5)
    assert three.names() == [("ann", "cid"), ("ann", "bob")]


def test_a_new_review_replaces_the_speakers_pairs(three: Enrolled) -> None:
    three.add("ann")
    three.alike("ann", bob=13)
    assert three.names() == [("ann", "bob")]


def test_an_erased_speaker_is_in_no_pair(three: Enrolled) -> None:
    three.erase("cid")
    with three.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(ConfusablePair)) == 1


def test_who_was_erased_during_a_review_makes_no_pair(three: Enrolled) -> None:
    three.erase("cid")
    three.add("ann")
    three.alike("ann", cid=20)
    assert three.names() == []


def test_pages_of_equal_pairs_hold_every_pair_once(three: Enrolled) -> None:
    three.add("ann")
    three.alike("ann", bob=20, cid=20)
    first = three.pairs(limit=1)[0]
    rest = three.pairs(after=list(first.position))
    assert {first.speaker_ids, *(pair.speaker_ids for pair in rest)} == {("ann", "bob"), ("ann", "cid")}


def test_the_next_page_begins_after_the_last(three: Enrolled) -> None:
    after = list(three.pairs(limit=1)[0].position)
    assert [pair.speaker_ids for pair in three.pairs(after=after)] == [("ann", "bob")]


def test_another_tenants_pairs_are_not_seen(three: Enrolled) -> None:
    with three.store.reading() as session:
        assert confusable.worst_first(session, "other", after=None, limit=5) == []


@pytest.mark.parametrize("after", [[], ["x", "y", "z"], ["1", "y"], ["nan", "y", "z"]])
def test_a_position_of_another_list_is_refused(three: Enrolled, after: list[str]) -> None:
    with pytest.raises(InvalidField):
        three.pairs(after=after)
