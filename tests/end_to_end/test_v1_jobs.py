"""Jobs: lists, progress, cancelling, results in every format, events."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import NAMES
from tests.end_to_end.provoking import provokes
from tests.end_to_end.serving import blobs, redis_of
from tests.end_to_end.v1 import (
    IDENTIFICATIONS,
    V1,
    WAITING,
    Event,
    Gate,
    complaints,
    excerpt,
    gate_before,
    new_tenant,
    once,
    samples_of,
)

# What says "at once" here: far below the 15 s after which a silent stream says that it is still there.
AT_ONCE_SECONDS = 5
TYPES = {
    "json": "application/json",
    "rttm": "text/x-rttm",
    "webvtt": "text/vtt",
    "textgrid": "text/x-textgrid",
    "csv": "text/csv",
    "audacity": "text/tab-separated-values",
    "eaf": "text/x-eaf+xml",
}
FIRST_WORDS = {
    "json": '{"job_id":',
    "rttm": "SPEAKER ",
    "webvtt": "WEBVTT\n",
    "textgrid": 'File type = "ooTextFile"',
    "csv": "start_seconds,",
    "audacity": "0.",
    "eaf": "<?xml ",
}


@pytest.fixture(scope="module")
def own(stack: BackgroundStack, voices: dict[str, bytes]) -> V1:
    """A tenant with one person enrolled."""
    tenant = new_tenant(stack)
    tenant.enrolled(NAMES[0], voices[NAMES[0]])
    return tenant


@pytest.fixture(scope="module")
def brief(conversation: Conversation) -> bytes:
    """Three seconds of speech."""
    return excerpt(conversation, 15, 18)


@pytest.fixture(scope="module")
def done(own: V1, conversation: Conversation) -> dict[str, Any]:
    """A finished job of both people."""
    return own.identified(excerpt(conversation, 6, 15), NAMES[:1])


@pytest.fixture
def gate(brief: bytes) -> Iterator[Gate]:
    """Holds a job while it runs."""
    with gate_before(brief) as closed:
        yield closed


def held(own: V1, gate: Gate) -> str:
    """The id of a job that runs, and goes on when the gate is opened."""
    job_id = own.post(IDENTIFICATIONS, json={"speakers": NAMES[:1], "url": gate.url}).json()["id"]
    own.job_once(job_id, lambda job: job["progress"] is not None)
    return str(job_id)


# Lists


@pytest.fixture(scope="module")
def listed(stack: BackgroundStack) -> tuple[V1, list[str]]:
    """A tenant with seven jobs that failed, and their ids, newest first."""
    tenant = new_tenant(stack)
    submitted = [tenant.doomed()["id"] for _ in range(7)]
    for job_id in submitted:
        tenant.ended(job_id)
    return tenant, submitted[::-1]


def ids(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [row["id"] for page in pages for row in page]


def test_the_pages_of_a_list_hold_every_job_once(listed: tuple[V1, list[str]]) -> None:
    tenant, expected = listed
    assert ids(tenant.pages("/v1/jobs", limit=3)) == expected


def test_a_page_holds_as_many_as_are_asked_for(listed: tuple[V1, list[str]]) -> None:
    tenant, _ = listed
    assert [len(page) for page in tenant.pages("/v1/jobs", limit=3)] == [3, 3, 1]


def test_a_list_that_ends_with_a_full_page_has_no_empty_one(listed: tuple[V1, list[str]]) -> None:
    tenant, _ = listed
    assert [len(page) for page in tenant.pages("/v1/jobs", limit=7)] == [7]


def test_the_cursor_in_the_body_leads_on(listed: tuple[V1, list[str]]) -> None:
    tenant, expected = listed
    cursor = tenant.get("/v1/jobs", limit=3).json()["next_cursor"]
    rest = tenant.get("/v1/jobs", cursor=cursor).json()
    assert ([job["id"] for job in rest["items"]], rest["next_cursor"]) == (expected[3:], None)


def test_a_job_that_comes_between_pages_moves_no_other(stack: BackgroundStack) -> None:
    tenant = new_tenant(stack)
    submitted = [tenant.doomed()["id"] for _ in range(4)]
    first = tenant.get("/v1/jobs", limit=2)
    tenant.doomed()
    second = tenant.get(urljoin(first.url, first.links["next"]["url"]))
    shown = [job["id"] for response in (first, second) for job in response.json()["items"]]
    assert shown == submitted[::-1]


def test_the_status_filter_holds_on_every_page(listed: tuple[V1, list[str]]) -> None:
    tenant, expected = listed
    pages = tenant.pages("/v1/jobs", status="failed", limit=3)
    assert ids(pages) == expected


def test_the_status_filter_leaves_out_other_jobs(own: V1, done: dict[str, Any]) -> None:
    own.ended(own.doomed()["id"])
    found = own.pages("/v1/jobs", status="succeeded")
    assert {job["status"] for page in found for job in page} == {"succeeded"}


def test_a_running_job_is_listed_as_such(own: V1, gate: Gate) -> None:
    job_id = held(own, gate)
    assert ids(own.pages("/v1/jobs", status="running")) == [job_id]


# Reading


def test_a_finished_job_tells_its_times_in_order(own: V1, done: dict[str, Any]) -> None:
    job = own.job(done["id"])
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]


def test_a_finished_job_tells_audio_and_model(own: V1, done: dict[str, Any]) -> None:
    job = own.job(done["id"])
    assert (job["audio_seconds"], bool(job["model"])) == (9.0, True)


def test_a_failed_job_tells_why(listed: tuple[V1, list[str]]) -> None:
    tenant, failed = listed
    assert tenant.job(failed[0])["error"]["code"] == "audio_unreadable"


def test_a_running_job_tells_its_stage(own: V1, gate: Gate) -> None:
    assert own.job(held(own, gate))["progress"] == {"stage": "decoding", "share": 0.0}


def test_a_finished_job_has_no_progress(own: V1, done: dict[str, Any]) -> None:
    assert own.job(done["id"])["progress"] is None


# Cancelling

ONE_WORKER = pytest.mark.one_machine("its second worker would take what waits")


@pytest.fixture(scope="module")
def dropped(own: V1, brief: bytes) -> dict[str, Any]:
    """A job that was canceled while it waited behind another; both had time to end since."""
    with gate_before(brief) as gate:
        ahead = held(own, gate)
        waiting = own.identify(brief, NAMES[:1]).json()["id"]
        answer = own.delete(f"/v1/jobs/{waiting}")
        left = blobs(own.stack)
    own.ended(ahead)
    own.identified(brief, NAMES[:1])
    return {"id": waiting, "answer": answer, "left": left, "ahead": ahead}


@ONE_WORKER
def test_a_waiting_job_can_be_canceled(dropped: dict[str, Any]) -> None:
    assert (dropped["answer"].status_code, dropped["answer"].json()["status"]) == (200, "canceled")


@ONE_WORKER
def test_a_job_canceled_while_it_waited_is_never_started(own: V1, dropped: dict[str, Any]) -> None:
    job = own.job(dropped["id"])
    assert (job["status"], job["attempts"]) == ("canceled", 0)


@ONE_WORKER
def test_a_job_canceled_while_it_waited_leaves_no_audio(dropped: dict[str, Any]) -> None:
    assert dropped["id"] not in dropped["left"]


@ONE_WORKER
def test_the_job_ahead_of_a_canceled_one_is_not_touched(own: V1, dropped: dict[str, Any]) -> None:
    assert own.job(dropped["ahead"])["status"] == "succeeded"


@pytest.fixture(scope="module")
def stopped(own: V1, conversation: Conversation) -> str:
    """The id of a job of two minutes that was canceled when its models were at work."""
    whole = excerpt(conversation, 0, 30)
    header, samples = whole[:44], whole[44:]
    job_id = str(own.identify(header + samples * 4, NAMES[:1], encoding="WAV").json()["id"])
    own.job_once(job_id, lambda job: (job["progress"] or {}).get("stage") not in (None, "decoding"))
    answer = own.delete(f"/v1/jobs/{job_id}")
    assert answer.json()["status"] == "canceled", answer.text
    return job_id


def test_the_worker_of_a_canceled_job_stops(own: V1, stopped: str) -> None:
    def ends_of_the_job(log: str) -> list[str]:
        own_lines = [line for line in log.splitlines() if f"job_id={stopped}" in line]
        endings = ("job_claim_lost", "job_succeeded", "job_failed", "job_crashed")
        return [word for line in own_lines for word in endings if f"event={word}" in line]

    assert once(lambda: ends_of_the_job(own.stack.logged()), bool) == ["job_claim_lost"]


def test_the_job_after_a_canceled_one_works(own: V1, stopped: str, brief: bytes) -> None:
    assert own.identified(brief, NAMES[:1])["status"] == "succeeded"


def test_a_canceled_job_stays_canceled(own: V1, stopped: str, brief: bytes) -> None:
    own.identified(brief, NAMES[:1])
    assert own.job(stopped)["status"] == "canceled"


def test_a_job_canceled_while_it_ran_leaves_no_audio(own: V1, stopped: str) -> None:
    assert stopped not in blobs(own.stack)


@provokes("result_not_ready", dialect=2)
def test_a_canceled_job_has_no_result(own: V1, stopped: str) -> None:
    response = own.get(f"/v1/jobs/{stopped}/result")
    assert (response.status_code, response.json()["code"]) == (409, "result_not_ready")


def test_a_canceled_jobs_events_end_with_that(own: V1, stopped: str) -> None:
    assert list(own.events(stopped))[-1].name == "canceled"


@pytest.mark.parametrize("ended", ["done", "stopped"])
def test_a_job_that_ended_cannot_be_canceled(own: V1, ended: str, request: pytest.FixtureRequest) -> None:
    job = request.getfixturevalue(ended)
    response = own.delete(f"/v1/jobs/{job if isinstance(job, str) else job['id']}")
    assert (response.status_code, response.json()["code"]) == (409, "job_finished")


# Results


@pytest.mark.parametrize("name", TYPES)
def test_a_result_is_given_in_the_format_of_the_query(own: V1, done: dict[str, Any], name: str) -> None:
    response = own.get(f"/v1/jobs/{done['id']}/result", format=name)
    found = (response.headers["Content-Type"].partition(";")[0], response.text.startswith(FIRST_WORDS[name]))
    assert found == (TYPES[name], True), response.text[:200]


@pytest.mark.parametrize("name", TYPES)
def test_a_result_is_given_in_the_accepted_type(own: V1, done: dict[str, Any], name: str) -> None:
    path = f"/v1/jobs/{done['id']}/result"
    assert own.get(path, {"Accept": TYPES[name]}).content == own.get(path, format=name).content


@pytest.mark.parametrize("accept", ["*/*", "text/html, application/*;q=0.5", None])
def test_a_result_is_json_for_who_does_not_care(own: V1, done: dict[str, Any], accept: str | None) -> None:
    response = own.get(f"/v1/jobs/{done['id']}/result", {"Accept": accept})
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


def test_the_query_wins_over_the_accepted_type(own: V1, done: dict[str, Any]) -> None:
    response = own.get(f"/v1/jobs/{done['id']}/result", {"Accept": "text/csv"}, format="rttm")
    assert response.headers["Content-Type"].startswith("text/x-rttm")


def test_a_type_that_is_not_offered_is_not_acceptable(own: V1, done: dict[str, Any]) -> None:
    assert own.get(f"/v1/jobs/{done['id']}/result", {"Accept": "image/png"}).status_code == 406


def test_a_format_that_is_not_offered_is_not_acceptable(own: V1, done: dict[str, Any]) -> None:
    assert own.get(f"/v1/jobs/{done['id']}/result", format="docx").status_code == 406


def test_an_enrolments_result_is_no_timeline(own: V1, voices: dict[str, bytes]) -> None:
    job = own.enrolled("brief", voices[NAMES[0]])
    assert own.get(f"/v1/jobs/{job['id']}/result", format="csv").status_code == 406


def test_a_format_that_tells_the_recordings_name_can_be_given_it(own: V1, done: dict[str, Any]) -> None:
    text = own.get(f"/v1/jobs/{done['id']}/result", format="rttm", recording="a talk").text
    assert {line.split()[1] for line in text.splitlines()} == {"a_talk"}


@pytest.mark.parametrize("name", ["", "x" * 201, "two\nlines"])
def test_a_recordings_name_of_no_use_is_complained_of(own: V1, done: dict[str, Any], name: str) -> None:
    response = own.get(f"/v1/jobs/{done['id']}/result", format="rttm", recording=name)
    assert (response.status_code, complaints(response)) == (400, {"recording"})


def test_of_a_deleted_result_nothing_is_left(own: V1, brief: bytes) -> None:
    path = f"/v1/jobs/{own.identified(brief, NAMES[:1])['id']}"
    assert own.delete(f"{path}/result").status_code == 204
    assert (own.get(path).status_code, own.delete(f"{path}/result").status_code) == (404, 404)


def test_a_running_job_is_not_deleted(own: V1, gate: Gate) -> None:
    job_id = held(own, gate)
    assert own.delete(f"/v1/jobs/{job_id}/result").status_code == 409
    assert own.job(job_id)["status"] == "running"


def test_a_running_job_has_no_result_yet(own: V1, gate: Gate) -> None:
    assert own.get(f"/v1/jobs/{held(own, gate)}/result").status_code == 409


def test_a_failed_job_has_no_result(listed: tuple[V1, list[str]]) -> None:
    tenant, failed = listed
    assert tenant.get(f"/v1/jobs/{failed[0]}/result").status_code == 409


# Events


@pytest.fixture(scope="module")
def heard(own: V1, done: dict[str, Any]) -> list[Event]:
    """Every event of the finished job."""
    return list(own.events(done["id"]))


def test_events_are_an_event_stream(own: V1, done: dict[str, Any]) -> None:
    response = own.get(f"/v1/jobs/{done['id']}/events")
    assert response.headers["Content-Type"].startswith("text/event-stream")


def test_events_tell_of_progress_and_then_of_the_end(heard: list[Event]) -> None:
    names = [event.name for event in heard]
    assert (set(names[:-1]), names[-1]) == ({"progress"}, "succeeded")


def test_progress_tells_stage_and_share(heard: list[Event]) -> None:
    assert heard[0].data == {"stage": "decoding", "share": 0}


def test_the_last_event_holds_the_result(own: V1, done: dict[str, Any], heard: list[Event]) -> None:
    assert heard[-1].data["result"] == own.get(f"/v1/jobs/{done['id']}/result").json()


def test_events_are_told_as_they_happen(own: V1, gate: Gate) -> None:
    assert next(own.events(held(own, gate))).data["stage"] == "decoding"


def test_events_of_a_running_job_go_on_to_its_end(own: V1, gate: Gate) -> None:
    stream = own.events(held(own, gate))
    next(stream)
    gate.open()
    assert [event.name for event in stream][-1] == "succeeded"


def test_events_resumed_midway_repeat_nothing(own: V1, done: dict[str, Any], heard: list[Event]) -> None:
    assert list(own.events(done["id"], after=heard[1].id)) == heard[2:]


def test_events_resumed_after_the_last_repeat_nothing(
    own: V1, done: dict[str, Any], heard: list[Event]
) -> None:
    assert list(own.events(done["id"], after=heard[-1].id)) == []


def seconds_of_events(tenant: V1, job_id: str, after: str | None = None) -> float:
    started = time.monotonic()
    list(tenant.events(job_id, after))
    return time.monotonic() - started


def test_a_finished_jobs_events_end_at_once(own: V1, done: dict[str, Any]) -> None:
    assert seconds_of_events(own, done["id"]) < AT_ONCE_SECONDS


def test_a_finished_jobs_resumed_events_end_at_once(
    own: V1, done: dict[str, Any], heard: list[Event]
) -> None:
    assert seconds_of_events(own, done["id"], after=heard[-1].id) < AT_ONCE_SECONDS


def test_events_end_at_once_where_the_progress_is_forgotten(own: V1, brief: bytes) -> None:
    # As Redis does with it an hour after the job.
    job_id = own.identified(brief, NAMES[:1])["id"]
    with redis_of(own.stack) as redis:
        forgotten = redis.delete(f"rollcall:notices:{job_id}")
    assert (forgotten, seconds_of_events(own, job_id) < AT_ONCE_SECONDS) == (1, True)


def test_an_enrolments_events_end_with_the_sample(own: V1, voices: dict[str, bytes]) -> None:
    job = own.post(samples_of("heard"), WAITING, files={"file": voices[NAMES[0]]}).json()
    assert list(own.events(job["id"]))[-1].data["result"]["sample_id"] == job["result"]["sample_id"]
