"""Speakers and their samples, enrolled from audio or from an earlier job."""

from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import delete

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.store.schema import JobVoices
from tests.end_to_end.conftest import NAMES
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import ledger
from tests.end_to_end.v1 import (
    V1,
    WAITING,
    complaints,
    encoded,
    excerpt,
    gate_before,
    new_tenant,
    samples_of,
    speakers_of,
    succeeded,
)


@pytest.fixture(scope="module")
def own(stack: BackgroundStack, voices: dict[str, bytes]) -> V1:
    """A tenant with one person enrolled."""
    tenant = new_tenant(stack)
    tenant.enrolled(NAMES[0], voices[NAMES[0]])
    return tenant


@pytest.fixture(scope="module")
def talk(conversation: Conversation) -> bytes:
    """Twenty seconds of two people."""
    return excerpt(conversation, 6, 26)


@pytest.fixture(scope="module")
def earlier(own: V1, talk: bytes) -> dict[str, Any]:
    """A job in which the enrolled person talks with a stranger."""
    return own.identified(talk, NAMES[:1])


def strangers_segments(job: dict[str, Any]) -> list[int]:
    """Ids of the longer segments of nobody who is enrolled."""
    return [
        segment["id"]
        for segment in job["result"]["segments"]
        if segment["speaker"] is None and segment["end"] - segment["start"] > 0.5
    ]


def refer(tenant: V1, speaker_id: str, job: dict[str, Any], **headers: str) -> dict[str, Any]:
    """The sample of an enrolment by reference to a job's stranger."""
    body = {"job_id": job["id"], "segments": strangers_segments(job)}
    response = tenant.post(samples_of(speaker_id), headers, json=body)
    assert response.status_code == 201, response.text
    return {**response.json(), "location": response.headers["Location"]}


def samples(tenant: V1, speaker_id: str) -> list[dict[str, Any]]:
    return list(tenant.get(samples_of(speaker_id)).json()["items"])


# Enrolment from audio


def test_an_upload_enrols(own: V1, voices: dict[str, bytes]) -> None:
    job = own.enrolled("by_upload", voices[NAMES[0]])
    assert [sample["id"] for sample in samples(own, "by_upload")] == [job["result"]["sample_id"]]


def test_base64_in_json_enrols(own: V1, voices: dict[str, bytes]) -> None:
    body = {"content": encoded(voices[NAMES[0]])}
    job = succeeded(own.post(samples_of("by_content"), WAITING, json=body))
    assert [sample["id"] for sample in samples(own, "by_content")] == [job["result"]["sample_id"]]


def test_audio_behind_a_url_enrols(own: V1, voices: dict[str, bytes]) -> None:
    with gate_before(voices[NAMES[0]]) as gate:
        gate.open()
        job = succeeded(own.post(samples_of("by_url"), WAITING, json={"url": gate.url}))
    assert [sample["id"] for sample in samples(own, "by_url")] == [job["result"]["sample_id"]]


def test_a_speaker_id_with_a_dash_is_refused(own: V1, voices: dict[str, bytes]) -> None:
    response = own.post(samples_of("a-b"), files={"file": voices[NAMES[0]]})
    assert (response.status_code, complaints(response)) == (400, {"speaker_id"})


# Speakers


@pytest.fixture(scope="module")
def crowd(stack: BackgroundStack, voices: dict[str, bytes], talk: bytes) -> V1:
    """A tenant with five speakers."""
    tenant = new_tenant(stack)
    tenant.enrolled("e", voices[NAMES[0]])
    job = tenant.identified(talk, ["e"])
    for name in ("c", "a", "d", "b"):
        refer(tenant, name, job)
    return tenant


def test_the_pages_of_the_list_hold_every_speaker_once(crowd: V1) -> None:
    pages = crowd.pages("/v1/speakers", limit=2)
    assert [[speaker["id"] for speaker in page] for page in pages] == [["a", "b"], ["c", "d"], ["e"]]


def test_a_speaker_is_read_as_listed(crowd: V1) -> None:
    listed = crowd.get("/v1/speakers", limit=1).json()["items"][0]
    assert crowd.get(f"/v1/speakers/{listed['id']}").json() == listed


def test_an_unknown_speaker_is_not_found(own: V1) -> None:
    response = own.get("/v1/speakers/unheard_of")
    assert (response.status_code, response.json()["code"]) == (404, "speaker_not_found")


def test_a_deleted_speaker_is_gone(own: V1, earlier: dict[str, Any]) -> None:
    refer(own, "leaving", earlier)
    deleted = own.delete("/v1/speakers/leaving").status_code
    assert (deleted, own.get("/v1/speakers/leaving").status_code) == (200, 404)


def test_a_deleted_speakers_samples_are_gone(own: V1, earlier: dict[str, Any]) -> None:
    sample = refer(own, "emptied", earlier)
    own.delete("/v1/speakers/emptied")
    assert own.get(sample["location"]).status_code == 404


def test_deleting_nobody_is_not_found(own: V1) -> None:
    assert own.delete("/v1/speakers/unheard_of").status_code == 404


# Samples


def test_samples_are_listed_newest_first(own: V1, earlier: dict[str, Any]) -> None:
    added = [refer(own, "twice", earlier)["id"] for _ in range(2)]
    assert [sample["id"] for sample in samples(own, "twice")] == added[::-1]


def test_the_pages_of_samples_hold_every_sample_once(own: V1, earlier: dict[str, Any]) -> None:
    added = [refer(own, "often", earlier)["id"] for _ in range(3)][::-1]
    pages = own.pages(samples_of("often"), limit=2)
    assert [[sample["id"] for sample in page] for page in pages] == [added[:2], added[2:]]


def test_a_sample_is_read_as_listed(own: V1) -> None:
    sample = samples(own, NAMES[0])[0]
    assert own.get(f"{samples_of(NAMES[0])}/{sample['id']}").json() == sample


def test_a_sample_of_audio_tells_its_job(own: V1, voices: dict[str, bytes]) -> None:
    job = own.enrolled("traced", voices[NAMES[0]])
    assert samples(own, "traced")[0]["provenance"] == {"by": "audio", "job_id": job["id"]}


def test_deleting_a_sample_leaves_the_totals_of_the_others(
    own: V1, voices: dict[str, bytes], earlier: dict[str, Any]
) -> None:
    own.enrolled("trimmed", voices[NAMES[1]])
    before = own.get("/v1/speakers/trimmed").json()
    added = refer(own, "trimmed", earlier)
    own.delete(added["location"])
    assert own.get("/v1/speakers/trimmed").json() == before


def test_a_sample_adds_to_the_totals(own: V1, earlier: dict[str, Any]) -> None:
    seconds = [refer(own, "summed", earlier)["speech_seconds"] for _ in range(2)]
    assert own.get("/v1/speakers/summed").json()["speech_seconds"] == pytest.approx(sum(seconds), abs=0.02)


def test_a_deleted_sample_is_gone(own: V1, earlier: dict[str, Any]) -> None:
    sample = refer(own, "halved", earlier)
    own.delete(sample["location"])
    assert own.get(sample["location"]).status_code == 404


def test_a_sample_is_not_found_under_another_speaker(own: V1, earlier: dict[str, Any]) -> None:
    sample = refer(own, "rightful", earlier)
    assert own.delete(f"{samples_of(NAMES[0])}/{sample['id']}").status_code == 404


def test_the_samples_of_nobody_are_not_found(own: V1) -> None:
    assert own.get(samples_of("unheard_of")).status_code == 404


# Enrolment from an earlier job


def test_a_stranger_enrolled_by_reference_is_named(own: V1, earlier: dict[str, Any], talk: bytes) -> None:
    refer(own, "newcomer", earlier)
    again = own.identified(talk, [NAMES[0], "newcomer"])
    assert speakers_of(again) == {NAMES[0], "newcomer"}


def test_the_location_leads_to_the_sample(own: V1, earlier: dict[str, Any]) -> None:
    sample = refer(own, "located", earlier)
    assert own.get(sample["location"]).json()["id"] == sample["id"]


def test_a_sample_by_reference_tells_what_it_is_made_of(own: V1, earlier: dict[str, Any]) -> None:
    made_of = {"by": "reference", "job_id": earlier["id"], "segments": strangers_segments(earlier)}
    assert refer(own, "quoted", earlier)["provenance"] == made_of


def test_a_repeated_key_adds_no_second_sample(own: V1, earlier: dict[str, Any]) -> None:
    for _ in range(2):
        refer(own, "once_only", earlier, **{"Idempotency-Key": "reference"})
    assert len(samples(own, "once_only")) == 1


@pytest.fixture(scope="module")
def refused_jobs(own: V1, earlier: dict[str, Any], voices: dict[str, bytes]) -> dict[str, str]:
    """Jobs by what is to be said of them."""
    failed = own.doomed()["id"]
    own.ended(failed)
    return {
        "the earlier one": earlier["id"],
        "an enrolment": own.enrolled("other_kind", voices[NAMES[0]])["id"],
        "a failed one": failed,
        "none": "11111111-2222-3333-4444-555555555555",
    }


@dataclass(frozen=True)
class Refused:
    """A reference that leads nowhere."""

    what: str
    names: str
    code: str = "invalid_field"
    job: str = "the earlier one"
    segments: list[int] | None = None
    also: dict[str, Any] = field(default_factory=dict)


REFUSED = [
    Refused("a job that is none", "job_id", job="none", segments=[0]),
    Refused("a job that enrolled", "job_id", job="an enrolment", segments=[0]),
    Refused("a job that failed", "job_id", job="a failed one", segments=[0]),
    Refused("a number beyond the last", "segments", segments=[999]),
    Refused("a negative number", "segments.0", segments=[-1]),
    Refused("no numbers", "segments", segments=[]),
    Refused("numbers left out", "segments"),
    Refused("too little speech", "segments", "insufficient_speech", segments=[0]),
    Refused("audio as well", "content", segments=list(range(9)), also={"content": "UklGRg=="}),
]


@pytest.mark.parametrize(
    "refused",
    [pytest.param(refused, id=refused.what, marks=provokes(refused.code, dialect=2)) for refused in REFUSED],
)
def test_a_reference_is_refused_by_the_field_that_is_wrong(
    own: V1, refused_jobs: dict[str, str], refused: Refused
) -> None:
    segments = {} if refused.segments is None else {"segments": refused.segments}
    body = {"job_id": refused_jobs[refused.job], **segments, **refused.also}
    response = own.post(samples_of("refused"), json=body)
    problem = response.json()
    found = (
        response.status_code,
        problem.get("code"),
        {error["field"] for error in problem.get("errors", ())},
    )
    assert found == (400, refused.code, {refused.names}), problem


@provokes("voices_not_kept", dialect=2)
def test_a_reference_to_voices_that_are_not_kept_is_refused(own: V1, talk: bytes) -> None:
    job = own.identified(talk, NAMES[:1])
    with closing(ledger(own.stack)) as store, store.writing() as session:
        session.execute(delete(JobVoices).where(JobVoices.job_id == job["id"]))
    body = {"job_id": job["id"], "segments": strangers_segments(job)}
    assert own.post(samples_of("late"), json=body).status_code == 409


def test_a_refused_reference_makes_no_speaker(own: V1, refused_jobs: dict[str, str]) -> None:
    body = {"job_id": refused_jobs["the earlier one"], "segments": [0]}
    own.post(samples_of("never_made"), json=body)
    assert own.get("/v1/speakers/never_made").status_code == 404
