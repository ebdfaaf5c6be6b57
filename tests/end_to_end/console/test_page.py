"""The page itself: what it weighs, what it may do, and what hostile texts become in it."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
import requests

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.domain import Candidate, Segment
from tests.end_to_end.console.browsing import Visit, visit
from tests.end_to_end.console.scenes import finished_job
from tests.end_to_end.v1 import NOISE, V1, new_tenant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

MOST_BYTES = 300_000
HOSTILE = "<img src=x onerror=document.title='owned'>"
FILES = "performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"


@pytest.fixture(scope="module")
def hostile_job(stack: BackgroundStack, own: V1) -> str:
    """A job with markup in every text that comes from outside."""
    segments = [
        Segment(0, 4, HOSTILE, HOSTILE, 0.9, None, (Candidate(HOSTILE, 2.0),)),
        Segment(4, 8, "stranger-1<b>", None, 0.8, HOSTILE, (Candidate(HOSTILE, -2.0),)),
    ]
    return finished_job(stack, own.key, segments, 8, HOSTILE)


@pytest.fixture(scope="module")
def hostile(browser: "Browser", stack: BackgroundStack, own: V1, hostile_job: str) -> Iterator[Visit]:
    """The page of that job, with every part of it shown."""
    with visit(browser, stack.url) as visiting:
        page = visiting.sign_in(own.key, f"#/jobs/{hostile_job}")
        page.get_by_role("listbox").focus()
        page.keyboard.press("ArrowDown")
        page.get_by_role("button", name="Name this voice").first.wait_for()
        box = page.locator("canvas").bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + 110)
        yield visiting


def test_markup_in_texts_makes_no_elements(hostile: Visit) -> None:
    assert hostile.page.locator("main img, main b").count() == 0


def test_markup_in_texts_is_shown_as_it_is(hostile: Visit) -> None:
    assert hostile.page.get_by_role("heading", level=1).inner_text() == HOSTILE


def test_markup_in_texts_runs_nothing(hostile: Visit) -> None:
    assert "owned" not in (hostile.page.title().replace(HOSTILE, ""))


def test_markup_in_texts_leaves_the_policy_nothing_to_stop(hostile: Visit) -> None:
    assert hostile.violations() == []


@pytest.mark.parametrize(
    ("words", "ending", "beginning"), [("CSV", "csv", "start"), ("ELAN", "eaf", "<?xml")]
)
def test_a_result_can_be_downloaded(hostile: Visit, words: str, ending: str, beginning: str) -> None:
    page = hostile.page
    page.locator("summary", has_text="Download").click()
    with page.expect_download() as downloading:
        page.get_by_role("button", name=words).click()
    assert downloading.value.suggested_filename.endswith(f".{ending}")
    assert downloading.value.path().read_text().startswith(beginning)


def test_an_address_with_markup_is_a_text(console: Callable[..., Visit], own: V1) -> None:
    page = console().sign_in(own.key, "#/jobs/%3Cimg%20src%3Dx%3E")
    page.get_by_text("There is no job").first.wait_for()
    assert page.locator("main img").count() == 0


def test_the_page_weighs_little(console: Callable[..., Visit], own: V1, hostile_job: str) -> None:
    visiting = console()
    page = visiting.sign_in(own.key, f"#/jobs/{hostile_job}")
    page.get_by_role("listbox").wait_for()
    sizes = page.evaluate(f"{FILES}.filter(f => f.name.includes('/console/')).map(f => f.transferSize)")
    assert len(sizes) > 10
    assert 0 < sum(sizes) < MOST_BYTES


def test_the_page_works_without_any_other_network(
    console: Callable[..., Visit], stack: BackgroundStack, own: V1
) -> None:
    visiting = console()
    visiting.context.route(re.compile(f"^(?!{re.escape(stack.url)}|blob:)"), lambda route: route.abort())
    visiting.sign_in(own.key, "#/jobs").get_by_role("heading", name="Recordings").wait_for()
    assert visiting.foreign == []


def test_a_wrong_key_is_refused_in_words(console: Callable[..., Visit]) -> None:
    page = console().open()
    page.get_by_label("API key").fill("rk_wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").filter(has_text="key").first.wait_for()
    assert page.get_by_role("navigation", name="Console").count() == 0


def test_the_key_is_in_no_address(console: Callable[..., Visit], own: V1) -> None:
    visiting = console()
    asked: list[str] = []
    visiting.page.on("request", lambda request: asked.append(request.url))
    page = visiting.sign_in(own.key, "#/jobs")
    page.get_by_role("heading", name="Recordings").wait_for()
    assert [url for url in [*asked, page.url] if own.key in url] == []


def test_signing_out_forgets_the_key(console: Callable[..., Visit], own: V1) -> None:
    page = console().sign_in(own.key)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key").wait_for()
    assert (
        page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, document.cookie])")
        == '[{},{},""]'
    )


def test_why_a_job_failed_is_told(console: Callable[..., Visit], own: V1) -> None:
    job = own.ended(own.doomed()["id"])
    page = console().sign_in(own.key, f"#/jobs/{job['id']}")
    page.get_by_text(job["error"]["message"]).wait_for()


def test_where_nobody_is_enrolled_a_recording_is_all_strangers(
    console: Callable[..., Visit], stack: BackgroundStack, conversation: Conversation
) -> None:
    page = console().sign_in(new_tenant(stack).key)
    page.get_by_label("File of a recording").set_input_files(conversation.audio)
    page.get_by_role("button", name="Find out who speaks").click()
    page.get_by_role("listbox").wait_for()
    assert {"Stranger 1", "Stranger 2"} <= set(page.locator(".lane-name").all_inner_texts())


@pytest.mark.one_machine("browsers give the microphone to pages of this machine, or of https, only")
def test_a_recording_from_the_microphone_is_heard(enrolling: "Page") -> None:
    """Chromium's own microphone beeps, which is no speech: the service heard it if it says so."""
    enrolling.get_by_role("button", name="Record", exact=True).click()
    enrolling.locator(".level-fill:not([style*='scaleX(0)'])").wait_for()
    enrolling.get_by_role("button", name="Stop").click()
    enrolling.get_by_role("dialog").get_by_role("button", name="Enrol", exact=True).click()
    assert "speech" in complaint(enrolling)


def test_the_page_itself_needs_no_key(stack: BackgroundStack) -> None:
    assert requests.get(f"{stack.url}/console", timeout=10).status_code == 200


@pytest.fixture
def enrolling(console: Callable[..., Visit], own: V1) -> "Page":
    """The dialog of a new voice, with a name."""
    page = console().sign_in(own.key, "#/speakers")
    page.get_by_role("button", name="Enrol a voice").click()
    page.get_by_role("dialog").get_by_label("Name").fill("noise")
    return page


def test_a_file_that_is_not_audio_is_refused_in_words(enrolling: "Page") -> None:
    noise = {"name": "noise.bin", "mimeType": "application/octet-stream", "buffer": NOISE}
    enrolling.get_by_label("File of a recording of one person").set_input_files(noise)  # type: ignore[arg-type]
    enrolling.get_by_role("dialog").get_by_role("button", name="Enrol", exact=True).click()
    assert "audio" in complaint(enrolling)


def complaint(page: "Page") -> str:
    """What the dialog says is wrong."""
    said = page.locator("dialog .wrong:not(:empty)")
    said.wait_for()
    return said.inner_text()
