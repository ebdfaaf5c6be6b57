"""What is sent again, what is not, and after which pause."""

import ssl

import pytest
import requests

from client.connection import Call
from client.errors import Busy, Conflict, ServiceFault, UnexpectedAnswer, Unreachable
from client.failures import unreachable
from client.service import RollcallClient
from tests.client.scripted import Answer, Scripted, job, problem, scripted_service

BUSY = problem(503, "overloaded", Retry_After="7")
LIMITED = problem(429, "rate_limited", Retry_After="3")
FINE = Answer(200, {})
READ = Call("GET", "/v1/jobs")
DELETE = Call("DELETE", "/v1/jobs/j1")


def sends(*answers: Answer, call: Call) -> Scripted:
    """Send a call to a service with these answers."""
    with scripted_service(*answers) as service:
        service.connection().send(call)
    return service


def test_a_read_is_repeated_after_the_pause_that_the_service_asks_for() -> None:
    (pause,) = sends(BUSY, FINE, call=READ).pauses
    assert 7 <= pause < 8


def test_pauses_grow_where_the_service_asks_for_none() -> None:
    busy = problem(503, "overloaded")
    first, second, third = sends(busy, busy, busy, FINE, call=READ).pauses
    assert 0 < first <= second <= third


def test_a_date_in_retry_after_is_understood() -> None:
    past = problem(503, "overloaded", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    (pause,) = sends(past, FINE, call=READ).pauses
    assert pause < 1


def test_what_changes_something_is_not_repeated_after_a_503() -> None:
    with scripted_service(BUSY, FINE) as service, pytest.raises(Busy):
        service.connection().send(DELETE)
    assert len(service.heard) == 1


def test_what_was_counted_out_took_no_effect_and_is_repeated() -> None:
    assert len(sends(LIMITED, FINE, call=DELETE).heard) == 2


def test_a_pause_that_is_too_long_is_not_made() -> None:
    later = problem(503, "overloaded", Retry_After="3600")
    with scripted_service(later) as service, pytest.raises(Busy) as refused:
        service.connection().send(READ)
    assert (service.pauses, refused.value.retry_after_seconds) == ([], 3600)


def test_the_last_answer_is_raised_when_attempts_are_used_up() -> None:
    with scripted_service(BUSY) as service, pytest.raises(Busy):
        service.connection(attempts=3).send(READ)
    assert len(service.heard) == 3


def test_a_refusal_that_stays_one_is_not_repeated() -> None:
    with scripted_service(problem(409, "job_finished")) as service, pytest.raises(Conflict):
        service.connection().send(READ)
    assert len(service.heard) == 1


def test_a_proxys_502_is_repeated_where_that_is_safe() -> None:
    assert len(sends(Answer(502, "<html>"), FINE, call=READ).heard) == 2


def test_an_answer_that_breaks_off_is_asked_for_again() -> None:
    assert len(sends(Answer(200, {}, breaks_off=True), FINE, call=READ).heard) == 2


def test_a_connection_that_was_never_made_is_tried_again_whatever_was_asked() -> None:
    with scripted_service(FINE) as service:
        pass
    with pytest.raises(Unreachable):
        service.connection(attempts=3).send(DELETE)
    assert len(service.pauses) == 2


def test_a_submission_that_is_repeated_has_the_same_key_and_body() -> None:
    with scripted_service(problem(503, "overloaded", Retry_After="0"), Answer(202, job())) as service:
        RollcallClient(service.url, "rc_key").submit_identification(b"RIFF")
    first, second = service.heard
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.body == second.body


def test_two_submissions_have_two_keys() -> None:
    with scripted_service(Answer(202, job())) as service:
        for _ in range(2):
            RollcallClient(service.url, "rc_key").submit_identification(b"RIFF")
    assert len({heard.headers["idempotency-key"] for heard in service.heard}) == 2


def test_a_redirect_does_not_get_the_key() -> None:
    with scripted_service(FINE) as elsewhere:
        moved = Answer(302, "", {"Location": elsewhere.url})
        with scripted_service(moved) as service, pytest.raises(UnexpectedAnswer, match="redirects"):
            service.connection().send(READ)
    assert elsewhere.heard == []


@pytest.mark.parametrize("status", [404, 401])
def test_a_page_of_html_is_not_taken_for_the_service(status: int) -> None:
    with scripted_service(Answer(status, "<html>")) as service, pytest.raises(UnexpectedAnswer):
        service.connection().send(READ)


def test_json_of_something_else_is_not_taken_for_the_service() -> None:
    with scripted_service(Answer(200, {"hello": "world"})) as service, pytest.raises(UnexpectedAnswer):
        RollcallClient(service.url, "rc_key").jobs.get("j1")


def test_a_fault_of_the_service_is_told_as_one() -> None:
    with scripted_service(problem(500, "internal")) as service, pytest.raises(ServiceFault, match="internal"):
        service.connection().send(READ)


@pytest.mark.parametrize("url", ["nowhere", "http://", "ftp://host", "http://[::1", "http://" + "a" * 70])
def test_an_address_that_is_none_is_said_to_be_so(url: str) -> None:
    with pytest.raises((UnexpectedAnswer, Unreachable)):
        RollcallClient(url, "rc_key", attempts=1).jobs.get("j1")


@pytest.mark.parametrize(
    ("error", "was_sent"),
    [(ssl.SSLCertVerificationError("self-signed"), False), (ssl.SSLEOFError("EOF in mid-answer"), True)],
    ids=["untrusted", "broken off"],
)
def test_a_request_may_have_arrived_unless_the_certificate_was_refused(
    error: Exception, was_sent: bool
) -> None:
    told = unreachable("https://rollcall.example", requests.exceptions.SSLError(error))
    assert isinstance(told, Unreachable)
    assert told.was_sent == was_sent
