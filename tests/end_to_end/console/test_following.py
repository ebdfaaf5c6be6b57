"""A job is followed for as long as its page is open, whatever becomes of the service meanwhile."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from deploy.local.background import BackgroundStack
from shared.domain import Segment
from tests.end_to_end.console.browsing import HURRY, Visit
from tests.end_to_end.console.scenes import finished_job
from tests.end_to_end.v1 import V1, once

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

EVENTS = "**/v1/jobs/*/events"
FAILURES = 8
PAUSES_MILLISECONDS = [2000, 4000, 8000, 15000, 15000, 15000, 15000, 15000]


@pytest.fixture
def job_id(stack: BackgroundStack, own: V1) -> str:
    """A job that has ended."""
    return finished_job(stack, own.key, [Segment(0, 4, "ann", "ann", 0.9, None, ())], 4, "talk.wav")


@pytest.fixture
def page(console: Callable[..., Visit], own: V1, job_id: str) -> "Page":
    """A browser that finds the job running when it first asks, and does not wait between its questions."""
    page = console().open()
    page.context.add_init_script(HURRY)
    running = own.job(job_id) | {"status": "running", "finished_at": None}
    page.route(f"**/v1/jobs/{job_id}", lambda route: route.fulfill(json=running), times=1)
    return page


def sign_in(page: "Page", own: V1, job_id: str) -> None:
    """Sign in, and see the job."""
    page.evaluate("place => { location.hash = place }", f"#/jobs/{job_id}")
    page.reload()
    page.get_by_label("API key").fill(own.key)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("progressbar").wait_for()


def cut(route: "Route") -> None:
    route.abort()


def restarting(route: "Route") -> None:
    route.fulfill(status=503, json={"detail": "It starts.", "code": "overloaded"})


def full(route: "Route") -> None:
    route.fulfill(status=429, json={"detail": "Too many wait.", "code": "too_many_waiting"})


@pytest.mark.parametrize("failing", [cut, restarting, full])
def test_a_job_is_followed_through_more_failures_than_a_few(
    page: "Page", own: V1, job_id: str, failing: Callable[["Route"], None]
) -> None:
    page.route(EVENTS, failing, times=FAILURES)
    sign_in(page, own, job_id)
    page.get_by_role("listbox").wait_for()
    assert page.evaluate("pauses") == PAUSES_MILLISECONDS


def test_who_waits_is_told_that_the_service_is_away(page: "Page", own: V1, job_id: str) -> None:
    page.route(EVENTS, cut)
    sign_in(page, own, job_id)
    page.get_by_text("does not answer").first.wait_for()
    page.unroute(EVENTS)
    page.get_by_role("listbox").wait_for()


def test_what_a_key_may_not_see_is_not_asked_for_again(page: "Page", own: V1, job_id: str) -> None:
    page.route(EVENTS, lambda route: route.fulfill(status=404, json={"detail": "There is no job."}))
    sign_in(page, own, job_id)
    page.locator(".notice.bad", has_text="There is no job.").wait_for()
    assert page.evaluate("pauses") == []


def test_a_job_whose_page_was_left_is_not_followed(page: "Page", own: V1, job_id: str) -> None:
    asked: list[str] = []
    page.route(EVENTS, lambda route: (asked.append(route.request.url), route.abort()))
    sign_in(page, own, job_id)
    once(lambda: page.evaluate("pauses.length"), lambda count: count > 2)
    page.evaluate("location.hash = '#/jobs'")
    page.get_by_role("heading", name="Recordings").wait_for()
    page.wait_for_load_state("networkidle")
    before = len(asked)
    page.wait_for_timeout(300)
    assert len(asked) == before
