"""Waiting for a job's end."""

from typing import Any

import pytest

from client.errors import JobCanceled, JobFailed, NotFound, WaitTimedOut
from client.resources import Identification, Job, Progress
from client.waiting import Wait
from tests.client.scripted import Answer, Scripted, events, job, problem, result, scripted_service

STREAM = {"Content-Type": "text/event-stream"}
PROGRESS = ("progress", "1-0", {"stage": "decoding", "share": 0.5})
SUCCEEDED = ("succeeded", "end", job("succeeded", result=result()))
NO_SEAT = problem(503, "overloaded", Retry_After="5")


def stream(*told: tuple[str, str, Any], breaks_off: bool = False) -> Answer:
    return Answer(200, events(*told), STREAM, breaks_off)


def waited(service: Scripted, *, seconds: float | None = None, told: list[Progress] | None = None) -> Job:
    heard: list[Progress] = [] if told is None else told
    return Wait(service.connection(), "j1", seconds, heard.append).succeeded()


def test_a_job_ends_with_its_last_event() -> None:
    with scripted_service(stream(PROGRESS, SUCCEEDED)) as service:
        assert isinstance(waited(service).result, Identification)


def test_progress_is_told_as_it_comes() -> None:
    told: list[Progress] = []
    with scripted_service(stream(PROGRESS, SUCCEEDED)) as service:
        waited(service, told=told)
    assert told == [Progress("decoding", 0.5)]


def test_a_stream_that_breaks_off_is_resumed_after_what_was_heard() -> None:
    with scripted_service(stream(PROGRESS, breaks_off=True), stream(SUCCEEDED)) as service:
        waited(service)
    assert [heard.headers.get("last-event-id") for heard in service.heard] == [None, "1-0"]


def test_a_stream_that_the_service_ends_is_resumed() -> None:
    with scripted_service(stream(PROGRESS), stream(SUCCEEDED)) as service:
        assert waited(service).status == "succeeded"


def test_without_a_seat_among_listeners_the_job_is_asked_for() -> None:
    answers = (NO_SEAT, Answer(200, job("running")), Answer(200, job("succeeded")), Answer(200, result()))
    with scripted_service(*answers) as service:
        ended = waited(service)
    paths = [heard.path for heard in service.heard[1:]]
    assert (paths, isinstance(ended.result, Identification)) == (
        ["/v1/jobs/j1", "/v1/jobs/j1", "/v1/jobs/j1/result"],
        True,
    )


def test_where_no_events_come_through_the_job_is_asked_for() -> None:
    nothing = Answer(200, "", STREAM)
    answers = (nothing, nothing, nothing, Answer(200, job("succeeded")), Answer(200, result()))
    with scripted_service(*answers) as service:
        assert waited(service).status == "succeeded"


def test_a_failed_job_raises_its_own_error() -> None:
    error = {"code": "audio_empty", "message": "There is none.", "field": "file"}
    told = stream(("failed", "end", job("failed", error=error)))
    with scripted_service(told) as service, pytest.raises(JobFailed, match="There is none") as failed:
        waited(service)
    assert (failed.value.code, failed.value.field) == ("audio_empty", "file")


def test_a_canceled_job_raises() -> None:
    told = stream(("canceled", "end", job("canceled")))
    with scripted_service(told) as service, pytest.raises(JobCanceled):
        waited(service)


def test_a_wait_has_an_end() -> None:
    with (
        scripted_service(stream(PROGRESS, PROGRESS)) as service,
        pytest.raises(WaitTimedOut, match="goes on"),
    ):
        waited(service, seconds=0)


def test_a_wait_ends_also_where_nothing_comes() -> None:
    silent = Answer(200, ": still working\n\n", STREAM, breaks_off=True, lingers_seconds=5)
    with scripted_service(silent) as service, pytest.raises(WaitTimedOut):
        waited(service, seconds=0.2)


def test_a_job_that_is_not_there_is_not_waited_for() -> None:
    with scripted_service(problem(404, "job_not_found")) as service, pytest.raises(NotFound):
        waited(service)
