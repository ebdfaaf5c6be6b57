"""What is odd about a sample, how it agrees with the others, and who is easily taken for whom."""

import io
import wave
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from deploy.local.background import BackgroundStack
from shared.store.schema import ConfusablePair, Speaker, now
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.deepaffects import ENROLL, enrolment
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import ledger
from tests.end_to_end.v1 import V1, complaints, new_tenant, once, samples_of

LIST = "/v1/speakers/confusable"
ANN, BOB = NAMES[0], "deep"
SLOWER = 0.8


@dataclass(frozen=True)
class Enrolling:
    """A tenant, and what the jobs that enrolled his speakers found, in their order."""

    tenant: V1
    results: list[dict[str, Any]]


def enrol(stack: BackgroundStack, *samples: tuple[str, bytes]) -> Enrolling:
    tenant = new_tenant(stack)
    return Enrolling(tenant, [tenant.enrolled(*sample)["result"] for sample in samples])


def pairs(tenant: V1) -> list[list[str]]:
    return [pair["speakers"] for pair in tenant.get(LIST).json()["items"]]


def samples(tenant: V1, speaker_id: str) -> list[dict[str, Any]]:
    """Newest first."""
    return list(tenant.get(samples_of(speaker_id)).json()["items"])


def odd(result: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Codes, and whom else it sounds like."""
    return [(warning["code"], warning["speaker"]) for warning in result["warnings"]]


@pytest.fixture(scope="module")
def people(voices: dict[str, bytes]) -> dict[str, bytes]:
    """A person, and how he sounds played slower: somebody else. The packaged two are too alike."""
    sound = io.BytesIO()
    with wave.open(io.BytesIO(voices[ANN])) as played, wave.open(sound, "wb") as slower:
        slower.setparams(played.getparams())
        slower.setframerate(int(played.getframerate() * SLOWER))
        slower.writeframes(played.readframes(played.getnframes()))
    return {ANN: voices[ANN], BOB: sound.getvalue()}


@pytest.fixture(scope="module")
def twice(stack: BackgroundStack, voices: dict[str, bytes]) -> Enrolling:
    """One person under three ids."""
    return enrol(stack, *((name, voices[ANN]) for name in ("one", "two", "three")))


@pytest.fixture(scope="module")
def apart(stack: BackgroundStack, people: dict[str, bytes]) -> Enrolling:
    """Two people."""
    return enrol(stack, *people.items())


@pytest.fixture(scope="module")
def mixed(stack: BackgroundStack, people: dict[str, bytes]) -> Enrolling:
    """A speaker who has two samples of one person and then one of another."""
    return enrol(stack, *(("mixed", people[name]) for name in (ANN, ANN, BOB)))


# Warnings


def test_a_voice_that_is_enrolled_already_is_warned_of(twice: Enrolling) -> None:
    assert odd(twice.results[1]) == [("sounds_like_another", "one")]


def test_everybody_whom_a_voice_sounds_like_is_named(twice: Enrolling) -> None:
    named = {speaker for _, speaker in odd(twice.results[2])}
    assert named == {"one", "two"}


def test_a_sample_shows_the_warnings_of_its_job(twice: Enrolling) -> None:
    assert samples(twice.tenant, "two")[0]["warnings"] == twice.results[1]["warnings"]


def test_different_people_are_not_warned_of(apart: Enrolling) -> None:
    assert [odd(result) for result in apart.results] == [[], []]


def test_another_sample_of_the_same_person_is_not_warned_of(mixed: Enrolling) -> None:
    assert [odd(result) for result in mixed.results[:2]] == [[], []]


def test_a_sample_of_somebody_else_is_enrolled_with_a_warning(mixed: Enrolling) -> None:
    assert odd(mixed.results[2]) == [("disagrees_with_earlier", None)]


def test_a_sample_by_reference_is_warned_of_a_little_later(
    apart: Enrolling, voices: dict[str, bytes]
) -> None:
    job = apart.tenant.identified(voices[ANN], [ANN])
    body = {"job_id": job["id"], "segments": [segment["id"] for segment in job["result"]["segments"]]}
    assert apart.tenant.post(samples_of("again"), json=body).status_code == 201
    (sample,) = once(lambda: samples(apart.tenant, "again"), lambda found: found[0]["warnings"])
    apart.tenant.delete("/v1/speakers/again")
    assert odd(sample) == [("sounds_like_another", ANN)]


def test_an_erased_speaker_is_in_no_warning(stack: BackgroundStack, voices: dict[str, bytes]) -> None:
    tenant = enrol(stack, ("kept", voices[ANN]), ("erased", voices[ANN]), ("last", voices[ANN])).tenant
    tenant.delete("/v1/speakers/erased")
    assert odd(samples(tenant, "last")[0]) == [("sounds_like_another", "kept")]


# Agreement


def test_an_only_sample_agrees_with_nothing(apart: Enrolling) -> None:
    assert samples(apart.tenant, BOB)[0]["agreement"] is None


def test_the_sample_that_hurts_agrees_least(mixed: Enrolling) -> None:
    scores = [sample["agreement"]["score"] for sample in samples(mixed.tenant, "mixed")]
    assert scores[0] == min(scores)


def test_without_the_sample_that_hurt_the_others_agree(
    stack: BackgroundStack, people: dict[str, bytes]
) -> None:
    tenant = enrol(stack, *(("cured", people[name]) for name in (ANN, BOB, ANN))).tenant
    before = samples(tenant, "cured")
    tenant.delete(f"{samples_of('cured')}/{before[1]['id']}")
    after = once(
        lambda: samples(tenant, "cured"),
        lambda found: found[0]["agreement"] != before[0]["agreement"],
    )
    assert [sample["agreement"]["confidence"] > 0.9 for sample in after] == [True, True]


# Pairs


def test_one_person_under_several_ids_is_confusable_with_himself(twice: Enrolling) -> None:
    assert sorted(pairs(twice.tenant)) == [["one", "three"], ["one", "two"], ["three", "two"]]


def test_the_worst_pair_comes_first(twice: Enrolling) -> None:
    scores = [pair["score"] for pair in twice.tenant.get(LIST).json()["items"]]
    assert scores == sorted(scores, reverse=True)


def test_hardly_a_stranger_sounds_as_alike_as_a_pair(twice: Enrolling) -> None:
    chances = [pair["false_accept_probability"] for pair in twice.tenant.get(LIST).json()["items"]]
    assert [0 <= chance <= 0.01 for chance in chances] == [True] * 3


def test_the_pages_of_the_list_hold_every_pair_once(twice: Enrolling) -> None:
    pages = twice.tenant.pages(LIST, limit=2)
    assert [[pair["speakers"] for pair in page] for page in pages] == [
        pairs(twice.tenant)[:2],
        pairs(twice.tenant)[2:],
    ]


def test_two_people_are_not_confusable(apart: Enrolling) -> None:
    assert pairs(apart.tenant) == []


def test_another_tenants_pairs_are_not_seen(twice: Enrolling, apart: Enrolling) -> None:
    assert (len(pairs(twice.tenant)), pairs(apart.tenant)) == (3, [])


def test_an_erased_speaker_is_in_no_pair(stack: BackgroundStack, voices: dict[str, bytes]) -> None:
    tenant = enrol(stack, ("stays", voices[ANN]), ("goes", voices[ANN])).tenant
    before = pairs(tenant)
    tenant.delete("/v1/speakers/goes")
    assert (before, pairs(tenant)) == ([["goes", "stays"]], [])


def test_a_pair_is_gone_with_the_sample_that_made_it(
    stack: BackgroundStack, voices: dict[str, bytes]
) -> None:
    tenant = enrol(stack, ("ann", voices[ANN]), ("bob", voices[ANN])).tenant
    (sample,) = samples(tenant, "bob")
    tenant.delete(f"{samples_of('bob')}/{sample['id']}")
    assert once(lambda: pairs(tenant), lambda found: not found) == []


def test_a_review_whose_message_was_lost_is_made_up_for(
    stack: BackgroundStack, voices: dict[str, bytes]
) -> None:
    tenant = enrol(stack, ("lost", voices[ANN]), ("found", voices[ANN])).tenant
    store = ledger(stack)
    with store.writing() as session:
        key = session.scalars(select(Speaker.id).where(Speaker.speaker_id == "lost")).one()
        session.execute(delete(ConfusablePair).where(ConfusablePair.first_key == key))
        session.execute(delete(ConfusablePair).where(ConfusablePair.second_key == key))
        long_ago = now() - timedelta(hours=1)
        session.execute(update(Speaker).where(Speaker.id == key).values(review_due_at=long_ago))
    store.close()
    assert once(lambda: pairs(tenant), bool) == [["found", "lost"]]


@provokes("invalid_field", dialect=2)
def test_a_cursor_of_another_list_is_refused(twice: Enrolling) -> None:
    cursor = twice.tenant.get("/v1/speakers", limit=1).json()["next_cursor"]
    response = twice.tenant.get(LIST, cursor=cursor)
    assert (response.status_code, complaints(response)) == (400, {"cursor"})


# The id that is a path


@provokes("invalid_field", dialect=2)
def test_nobody_new_is_called_confusable(apart: Enrolling, voices: dict[str, bytes]) -> None:
    response = apart.tenant.post(samples_of("confusable"), files={"file": voices[ANN]})
    assert (response.status_code, complaints(response)) == (400, {"speaker_id"})


@pytest.fixture
def namesake(apart: Enrolling, stack: BackgroundStack, voices: dict[str, bytes]) -> V1:
    """The tenant, whose speaker of that id came by the other dialect."""
    retired = Caller(stack)
    retired.headers = {"X-API-Key": apart.tenant.key}
    retired.post(ENROLL, enrolment("confusable", voices[ANN])).raise_for_status()
    return apart.tenant


def test_a_speaker_of_that_id_from_the_other_dialect_can_be_erased(namesake: V1) -> None:
    listed = [speaker["id"] for speaker in namesake.get("/v1/speakers").json()["items"]]
    deleted = namesake.delete("/v1/speakers/confusable").status_code
    assert ("confusable" in listed, deleted) == (True, 200)


def test_a_speaker_of_that_id_from_the_other_dialect_gets_further_samples(
    namesake: V1, voices: dict[str, bytes]
) -> None:
    namesake.enrolled("confusable", voices[ANN])
    found = samples(namesake, "confusable")
    namesake.delete("/v1/speakers/confusable")
    assert len(found) == 2
