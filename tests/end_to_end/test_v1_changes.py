"""Names that are corrected over HTTP after jobs have ended: one stranger in two recordings, and undoing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from standardwebhooks.webhooks import Webhook

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import NAMES
from tests.end_to_end.provoking import provokes
from tests.end_to_end.test_v1_privacy import set_policy
from tests.end_to_end.v1 import (
    V1,
    Post,
    complaints,
    excerpt,
    gate_before,
    hook_answering,
    new_tenant,
    once,
    samples_of,
)

UNKNOWN = "11111111-2222-3333-4444-555555555555"
AT_ONCE = {"Prefer": "wait=0"}


def result(tenant: V1, job: dict[str, Any]) -> list[dict[str, Any]]:
    return list(tenant.get(f"/v1/jobs/{job['id']}/result").json()["segments"])


def strangers(segments: list[dict[str, Any]]) -> set[str]:
    """Labels of strangers who said enough to be known again."""
    return {one["label"] for one in segments if one["speaker"] is None and "stranger" in one["label"]}


def changed(response: requests.Response) -> dict[str, Any]:
    assert response.status_code == 200, response.text
    return dict(response.json())


@dataclass
class Story:
    """One stranger in two recordings: named in the first, found in the second, and all taken back."""

    tenant: V1
    jobs: list[dict[str, Any]]
    before: list[list[dict[str, Any]]]
    naming: dict[str, Any]
    rematch: dict[str, Any]
    corrected: list[list[dict[str, Any]]]
    told: list[Post]
    secret: str
    blocked: requests.Response
    undone: list[dict[str, Any]]
    after: list[list[dict[str, Any]]]
    speakers: list[str]
    changes: list[list[dict[str, Any]]]


@pytest.fixture(scope="module")
def story(stack: BackgroundStack, conversation: Conversation, voices: dict[str, bytes]) -> Iterator[Story]:
    tenant = new_tenant(stack)
    tenant.enrolled(NAMES[0], voices[NAMES[0]])
    set_policy(tenant, "--recognises-strangers", "yes")
    secret = tenant.get("/v1/webhooks/secrets").json()["items"][0]["secret"]
    recordings = [conversation.audio.read_bytes(), excerpt(conversation, 4, 30)]
    with hook_answering(204) as hook:
        jobs = [tenant.identified(one, NAMES[:1], webhook=hook.url) for one in recordings]
        ended = [hook.wait() for _ in jobs]
        assert len(ended) == len(jobs)
        before = [result(tenant, job) for job in jobs]
        (label,) = strangers(before[0])
        body = {"voice": label, "speaker": "sue"}
        naming = changed(tenant.post(f"/v1/jobs/{jobs[0]['id']}/names", json=body))
        rematch = changed(tenant.post("/v1/speakers/sue/rematch", json={}))
        corrected = [result(tenant, job) for job in jobs]
        blocked = tenant.post(f"/v1/changes/{naming['id']}/undo")
        undone = [changed(tenant.post(f"/v1/changes/{one['id']}/undo")) for one in (rematch, naming)]
        yield Story(
            tenant=tenant,
            jobs=jobs,
            before=before,
            naming=naming,
            rematch=rematch,
            corrected=corrected,
            told=[hook.wait() for _ in range(4)],
            secret=secret,
            blocked=blocked,
            undone=undone,
            after=[result(tenant, job) for job in jobs],
            speakers=[one["id"] for one in tenant.get("/v1/speakers").json()["items"]],
            changes=tenant.pages("/v1/changes", limit=3),
        )


def test_a_stranger_has_one_label_in_two_recordings(story: Story) -> None:
    labels = [strangers(segments) for segments in story.before]
    assert (labels[0], len(labels[0])) == (labels[1], 1)


def test_a_named_stranger_has_the_name_in_the_first_recording(story: Story) -> None:
    (label,) = strangers(story.before[0])
    named = {one["speaker"] for one in story.corrected[0] if one["label"] == label}
    assert named == {"sue"}


def test_a_rematch_names_her_in_the_second(story: Story) -> None:
    assert [job["id"] for job in story.rematch["jobs"]] == [story.jobs[1]["id"]]
    assert "sue" in {one["speaker"] for one in story.corrected[1]}


def test_webhooks_are_told_each_difference_and_signed(story: Story) -> None:
    events = [Webhook(story.secret).verify(post.raw, post.headers) for post in story.told]
    kinds = sorted((event["type"], event["data"]["change"]["kind"]) for event in events)
    assert kinds == [("job.corrected", kind) for kind in ("naming", "rematch", "undo", "undo")]


def test_a_webhook_is_told_what_the_change_answers(story: Story) -> None:
    told = [post.body["data"] for post in story.told]
    (found,) = [one for one in told if one["change"]["id"] == story.rematch["id"]]
    assert found["change"]["differences"] == story.rematch["jobs"][0]["differences"]


@provokes("change_blocked", dialect=2)
def test_a_naming_is_not_undone_before_the_renaming_of_its_speaker(story: Story) -> None:
    again = story.tenant.post(f"/v1/jobs/{story.jobs[0]['id']}/names", json=_naming(story, "tom"))
    later = changed(story.tenant.post("/v1/speakers/tom/rename", json={"speaker": "tommy"}))
    refused = story.tenant.post(f"/v1/changes/{again.json()['id']}/undo")
    assert (refused.status_code, later["id"] in refused.json()["detail"]) == (409, True)
    for one in (later, again.json()):
        changed(story.tenant.post(f"/v1/changes/{one['id']}/undo"))


def test_the_refusal_names_the_change_to_undo_first(story: Story) -> None:
    assert (story.blocked.status_code, story.rematch["id"] in story.blocked.json()["detail"]) == (409, True)


def test_after_undoing_all_is_as_before(story: Story) -> None:
    assert (story.after, story.speakers) == (story.before, NAMES[:1])


def test_the_list_of_changes_has_each_once_newest_first(story: Story) -> None:
    listed = [one["id"] for page in story.changes for one in page]
    made = [story.naming, story.rematch, *story.undone]
    assert listed == [one["id"] for one in reversed(made)]


def test_changes_of_another_tenant_are_not_shown(story: Story, stack: BackgroundStack) -> None:
    other = new_tenant(stack)
    read = other.get(f"/v1/changes/{story.naming['id']}")
    undo = other.post(f"/v1/changes/{story.naming['id']}/undo")
    name = other.post(f"/v1/jobs/{story.jobs[0]['id']}/names", json=_naming(story, "tom"))
    listed = other.get("/v1/changes").json()["items"]
    assert ([one.status_code for one in (read, undo, name)], listed) == ([404, 404, 404], [])


def _naming(story: Story, speaker_id: str) -> dict[str, Any]:
    (label,) = strangers(story.before[0])
    return {"voice": label, "speaker": speaker_id}


@provokes("change_undone", dialect=2)
def test_what_was_undone_is_not_undone_again(story: Story) -> None:
    response = story.tenant.post(f"/v1/changes/{story.naming['id']}/undo")
    assert (response.status_code, response.json()["code"]) == (409, "change_undone")


@provokes("voice_not_found", dialect=2)
def test_a_voice_that_a_job_does_not_have_is_not_found(story: Story) -> None:
    body = {"voice": "nobody", "speaker": "tom"}
    response = story.tenant.post(f"/v1/jobs/{story.jobs[0]['id']}/names", json=body)
    assert (response.status_code, response.json()["code"]) == (404, "voice_not_found")


@provokes("change_not_found", dialect=2)
def test_an_unknown_change_is_not_found(story: Story) -> None:
    assert story.tenant.get(f"/v1/changes/{UNKNOWN}").status_code == 404


@provokes("speaker_exists", dialect=2)
def test_an_id_that_is_taken_is_refused(story: Story) -> None:
    response = story.tenant.post(f"/v1/speakers/{NAMES[0]}/rename", json={"speaker": NAMES[0]})
    assert (response.status_code, response.json()["code"]) == (409, "speaker_exists")


def test_every_bad_field_of_a_naming_is_named(story: Story) -> None:
    body = {"voice": "a b", "speaker": "a-b", "enroll": "yes", "surprise": 1}
    response = story.tenant.post(f"/v1/jobs/{story.jobs[0]['id']}/names", json=body)
    assert (response.status_code, complaints(response)) == (400, set(body))


def test_nobody_is_not_compared_with(story: Story) -> None:
    body = {"voice": "speaker1", "speaker": None, "rematch": True}
    response = story.tenant.post(f"/v1/jobs/{story.jobs[0]['id']}/names", json=body)
    assert (response.status_code, complaints(response)) == (400, {"rematch"})


@pytest.mark.one_machine("its second worker would be idle")
@provokes("speaker_busy", dialect=2)
@provokes("change_pending", dialect=2)
def test_while_a_worker_is_busy_a_rematch_waits_and_a_speaker_keeps_his_id(
    stack: BackgroundStack, voices: dict[str, bytes]
) -> None:
    tenant = new_tenant(stack)
    tenant.enrolled("ann", voices[NAMES[0]])
    with gate_before(voices[NAMES[0]]) as gate:
        enrolment = tenant.post(samples_of("ann"), json={"url": gate.url}).json()
        tenant.job_once(enrolment["id"], lambda job: job["status"] == "running")
        waiting = tenant.post("/v1/speakers/ann/rematch", AT_ONCE, json={})
        path = waiting.headers["Location"]
        refused = [
            tenant.post(f"{path}/undo"),
            tenant.post("/v1/speakers/ann/rename", json={"speaker": "anna"}),
        ]
        gate.open()
        done = once(lambda: tenant.get(path).json(), lambda change: change["status"] == "done")
    assert (waiting.status_code, waiting.json()["status"]) == (202, "pending")
    assert [one.json()["code"] for one in refused] == ["change_pending", "speaker_busy"]
    assert done["num_jobs"] == 0


def test_a_merged_speaker_answers_under_one_id(stack: BackgroundStack, voices: dict[str, bytes]) -> None:
    tenant = new_tenant(stack)
    kept = [tenant.enrolled(name, voices[NAMES[0]])["result"]["sample_id"] for name in ("ann", "annie")]
    merged = changed(tenant.post("/v1/speakers/ann/merge", json={"speaker": "annie"}))
    listed = tenant.get(samples_of("ann")).json()["items"]
    gone = tenant.get("/v1/speakers/annie").status_code
    assert ({one["id"] for one in listed}, gone, merged["other"]) == (set(kept), 404, "annie")


def test_a_strangers_label_is_the_jobs_own_by_default(
    stack: BackgroundStack, conversation: Conversation, voices: dict[str, bytes]
) -> None:
    tenant = new_tenant(stack)
    tenant.enrolled(NAMES[0], voices[NAMES[0]])
    job = tenant.identified(conversation.audio.read_bytes(), NAMES[:1])
    assert strangers(result(tenant, job)) == set()
