"""How a change of names ended is told as it was: searches in earlier recordings may fail, or take long."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from deploy.local.background import BackgroundStack
from shared.domain import Segment, StrangerReason
from tests.end_to_end.console.browsing import HURRY, Visit
from tests.end_to_end.console.scenes import finished_job
from tests.end_to_end.v1 import V1

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Of more than a thousand, the service shows the first.
MANY = [{"id": f"job-{number}", "differences": [{}]} for number in range(1000)]


def change(status: str, num_jobs: int = 0, jobs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """A change as the service tells it."""
    return {"id": "c1", "status": status, "num_jobs": num_jobs, "jobs": jobs or [], "can_undo": False}


@pytest.fixture
def page(console: Callable[..., Visit]) -> "Page":
    """A browser that does not wait between its questions."""
    visiting = console()
    visiting.context.add_init_script(HURRY)
    return visiting.page


def answer(page: "Page", path: str, told: dict[str, Any]) -> None:
    """Let the service answer a request, and what is asked of the change later."""
    page.route(f"**{path}", lambda route: route.fulfill(json=told))
    page.route("**/v1/changes/c1", lambda route: route.fulfill(json=told))


def sign_in(page: "Page", tenant: V1, place: str) -> None:
    page.goto(f"{tenant.stack.url}/console/{place}")
    page.get_by_label("API key").fill(tenant.key)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="module")
def enrolled(own: V1, voices: dict[str, bytes]) -> V1:
    """The tenant, with a speaker."""
    own.enrolled("ann", voices["speaker90"])
    return own


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (change("done"), "No stranger of an earlier recording is ann."),
        (change("done", 1500, MANY), "ann was found in 1,500 earlier recordings."),
        (change("failed"), "Earlier recordings could not be compared with ann; look again later."),
        (change("pending"), "Earlier recordings are still being compared; see Changes later."),
    ],
)
def test_how_a_search_ended_is_told(page: "Page", enrolled: V1, told: dict[str, Any], words: str) -> None:
    answer(page, "/v1/speakers/ann/rematch", told)
    sign_in(page, enrolled, "#/speakers/ann")
    page.get_by_role("button", name="Look in earlier recordings").click()
    page.locator(".notice").wait_for()
    assert page.locator(".notice p").inner_text() == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (change("done", 1), "Stranger 1 is sue now."),
        (change("done", 1500, MANY), "Stranger 1 is sue now. 1,499 earlier recordings changed, too."),
        (change("failed", 1), "Stranger 1 is sue now. Earlier recordings could not be compared"),
        (change("pending", 1), "Stranger 1 is sue now. Earlier recordings are still being compared"),
    ],
)
def test_how_a_search_ended_is_told_with_a_name(
    page: "Page", stack: BackgroundStack, own: V1, told: dict[str, Any], words: str
) -> None:
    stranger = Segment(0, 4, "stranger-1", None, 0.8, StrangerReason.BELOW_THRESHOLD, ())
    job_id = finished_job(stack, own.key, [stranger], 4, "talk.wav")
    told = told | {"jobs": [{"id": job_id, "differences": [{}]}, *told["jobs"][1:]]}
    answer(page, f"/v1/jobs/{job_id}/names", told)
    sign_in(page, own, f"#/jobs/{job_id}")
    page.locator(".lane-label").click()
    page.get_by_role("dialog").get_by_label("Who is it?").fill("sue")
    page.get_by_role("dialog").get_by_label("Look for it in earlier recordings, too").check()
    page.get_by_role("button", name="Save the name").click()
    page.locator(".notice").wait_for()
    assert page.locator(".notice p").inner_text().startswith(words)
