"""Names that are corrected later, by the client: what is asked, what is waited for, what comes."""

import json
from datetime import UTC, datetime

import pytest

from client.changes import Changes
from client.errors import Busy, ChangeFailed, Conflict, NotFound, WaitTimedOut
from client.jobs import Jobs
from client.resources import VoiceName
from client.speakers import Speakers
from client.webhooks import WebhookEvent
from tests.client.scripted import Answer, change, job, problem, scripted_service

PENDING = Answer(202, change("pending"))
DONE = Answer(200, change())
NO_ROOM = problem(503, "overloaded", Retry_After="1")
DIFFERENCE = {
    "start": 1.0,
    "end": 2.5,
    "before": {"speaker": None, "label": "speaker1"},
    "after": {"speaker": "bob", "label": "speaker1"},
}


def test_a_comparison_that_takes_longer_is_asked_for_until_it_is_done() -> None:
    with scripted_service(PENDING, PENDING, DONE) as service:
        made = Speakers(service.connection()).rematch("bob")
    paths = [(heard.method, heard.path) for heard in service.heard]
    assert (made.status, paths) == (
        "done",
        [("POST", "/v1/speakers/bob/rematch"), ("GET", "/v1/changes/c1"), ("GET", "/v1/changes/c1")],
    )


def test_pauses_between_questions_grow() -> None:
    with scripted_service(PENDING, PENDING, PENDING, DONE) as service:
        Speakers(service.connection()).rematch("bob")
    assert service.pauses == sorted(set(service.pauses))


@pytest.mark.parametrize(("timeout_seconds", "asked"), [(60, "wait=10"), (6, "wait=3")])
def test_the_service_holds_an_answer_back_for_less_than_one_may_take(
    timeout_seconds: int, asked: str
) -> None:
    with scripted_service(DONE) as service:
        Speakers(service.connection(timeout_seconds=timeout_seconds)).rematch("bob")
    assert service.heard[0].headers["prefer"] == asked


def test_a_wait_for_a_comparison_has_an_end() -> None:
    with scripted_service(PENDING) as service, pytest.raises(WaitTimedOut, match="Change c1") as over:
        Speakers(service.connection()).rematch("bob", wait_seconds=0)
    assert (over.value.change_id, over.value.job_id) == ("c1", None)


def test_a_change_is_waited_for_later() -> None:
    with scripted_service(PENDING, DONE) as service:
        assert Changes(service.connection()).wait("c1").status == "done"


def test_a_comparison_that_failed_raises_with_its_change() -> None:
    with (
        scripted_service(PENDING, Answer(200, change("failed"))) as service,
        pytest.raises(ChangeFailed) as failed,
    ):
        Speakers(service.connection()).rematch("bob")
    assert (failed.value.change.id, failed.value.code) == ("c1", "change_failed")


def test_a_rematch_says_which_jobs() -> None:
    since = datetime(2026, 5, 4, tzinfo=UTC)
    with scripted_service(DONE) as service:
        Speakers(service.connection()).rematch("bob", since=since, job_ids=["j1"])
    assert json.loads(service.heard[0].body) == {"since": since.isoformat(), "job_ids": ["j1"]}


def test_a_naming_is_sent_again_under_one_key() -> None:
    with scripted_service(NO_ROOM, DONE) as service:
        Jobs(service.connection()).name("j1", "speaker1", "bob")
    assert len({heard.headers["idempotency-key"] for heard in service.heard}) == 1


def test_nobody_is_null() -> None:
    with scripted_service(DONE) as service:
        Jobs(service.connection()).name("j1", "alice", None, enroll=False)
    asked = {"voice": "alice", "speaker": None, "enroll": False, "rematch": False}
    assert json.loads(service.heard[0].body) == asked


def test_an_undo_that_may_have_been_done_is_not_sent_again() -> None:
    with scripted_service(NO_ROOM, DONE) as service, pytest.raises(Busy):
        Changes(service.connection()).undo("c1")
    assert len(service.heard) == 1


def test_what_a_later_change_stands_on_is_a_conflict() -> None:
    with scripted_service(problem(409, "change_blocked")) as service, pytest.raises(Conflict):
        Changes(service.connection()).undo("c1")


def test_a_change_that_is_not_there_is_not_found() -> None:
    with scripted_service(problem(404, "change_not_found")) as service, pytest.raises(NotFound):
        Changes(service.connection()).get("c1")


def test_changes_come_page_by_page() -> None:
    pages = (
        Answer(200, {"items": [change()], "next_cursor": "more"}),
        Answer(200, {"items": [change(id="c0")], "next_cursor": None}),
    )
    with scripted_service(*pages) as service:
        assert [one.id for one in Changes(service.connection()).list()] == ["c1", "c0"]


def test_a_difference_tells_both_names() -> None:
    jobs = [{"id": "j1", "differences": [DIFFERENCE]}]
    with scripted_service(Answer(200, change(num_jobs=1, jobs=jobs))) as service:
        (altered,) = Changes(service.connection()).get("c1").jobs
    (one,) = altered.differences
    assert (one.before, one.before.name, one.after.name) == (
        VoiceName(None, "speaker1"),
        "speaker1",
        "bob",
    )


@pytest.mark.parametrize(("act", "other"), [("rename", "rob"), ("merge", "bobby")])
def test_two_ids_are_told_to_the_service(act: str, other: str) -> None:
    with scripted_service(DONE) as service:
        getattr(Speakers(service.connection()), act)("bob", other)
    (heard,) = service.heard
    assert (heard.path, json.loads(heard.body)) == (f"/v1/speakers/bob/{act}", {"speaker": other})


def test_a_webhook_tells_what_was_corrected() -> None:
    told = {name: change()[name] for name in ("id", "kind", "speaker", "other", "undoes")}
    data = job("succeeded") | {"change": told | {"differences": [DIFFERENCE]}}
    correction = WebhookEvent("d1", "job.corrected", {"data": data}).correction
    assert correction is not None
    assert (correction.change_id, correction.differences[0].after.name) == ("c1", "bob")


def test_a_webhook_of_a_jobs_end_tells_no_correction() -> None:
    assert WebhookEvent("d1", "job.succeeded", {"data": job("succeeded")}).correction is None
