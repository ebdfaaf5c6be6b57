"""axe finds no serious fault in any view, in light and in dark, on a desk and on a phone."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from deploy.local.background import BackgroundStack
from tests.end_to_end.console.browsing import Visit
from tests.end_to_end.console.scenes import long_meeting
from tests.end_to_end.v1 import V1, hook_answering

if TYPE_CHECKING:
    from playwright.sync_api import Page

SERIOUS = {"serious", "critical"}
WISHES = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}
# What each view shows once it is there.
VIEWS = {
    "#/": "Who speaks when?",
    "#/jobs": "Recordings",
    "#/jobs/{job}": "board-meeting.wav",
    "#/jobs/{failed}": "Enrolment",
    "#/speakers": "Speakers",
    "#/speakers/ann": "ann",
    "#/deliveries": "Deliveries",
    "#/deliveries/{delivery}": "http",
    "#/changes": "Changes",
    "#/nothing": "There is nothing here",
}


@pytest.fixture(scope="module")
def places(stack: BackgroundStack, own: V1, voices: dict[str, bytes]) -> dict[str, str]:
    """The ids of what there is to see."""
    own.enrolled("ann", voices["speaker90"])
    own.enrolled("ann_again", voices["speaker90"])
    with hook_answering(410) as hook:
        failed = own.ended(own.doomed(webhook=hook.url)["id"])["id"]
        hook.wait()
        delivery = own.get("/v1/deliveries").json()["items"][0]["id"]
    return {"job": long_meeting(stack, own.key), "failed": failed, "delivery": delivery}


def faults(page: "Page") -> list[Any]:
    """Serious faults that axe finds in a page."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], node["html"], node.get("failureSummary"))
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


def test_a_fault_would_be_found(console: Callable[..., Visit]) -> None:
    page = console(bypass_csp=True).open()
    page.get_by_label("API key").wait_for()
    page.evaluate("document.querySelector('main label').remove()")
    assert "label" in {fault for fault, *_ in faults(page)}


@pytest.mark.parametrize("wish", WISHES)
def test_signing_in_is_accessible(console: Callable[..., Visit], wish: str) -> None:
    page = console(bypass_csp=True, **WISHES[wish]).open()
    page.get_by_label("API key").wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("wish", WISHES)
def test_every_view_is_accessible(
    console: Callable[..., Visit], own: V1, places: dict[str, str], wish: str
) -> None:
    page = console(bypass_csp=True, **WISHES[wish]).sign_in(own.key)
    found = {}
    for view, heading in VIEWS.items():
        page.evaluate("place => { location.hash = place }", view.format(**places))
        page.get_by_role("heading", name=heading, level=1).wait_for()
        page.wait_for_load_state("networkidle")
        found[view] = faults(page)
    assert found == {key: [] for key in VIEWS}


@pytest.mark.parametrize("wish", WISHES)
def test_nothing_is_wider_than_the_window(
    console: Callable[..., Visit], own: V1, places: dict[str, str], wish: str
) -> None:
    page = console(**WISHES[wish]).sign_in(own.key)
    wide = []
    for view, heading in VIEWS.items():
        page.evaluate("place => { location.hash = place }", view.format(**places))
        page.get_by_role("heading", name=heading, level=1).wait_for()
        page.wait_for_load_state("networkidle")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wide.append(view)
    assert wide == []


@pytest.mark.parametrize("wish", ["light", "dark"])
def test_dialogs_are_accessible(
    console: Callable[..., Visit], own: V1, places: dict[str, str], wish: str
) -> None:
    page = console(bypass_csp=True, **WISHES[wish]).sign_in(own.key, f"#/jobs/{places['job']}")
    page.locator(".lane-label").last.click()
    page.get_by_role("dialog").wait_for()
    assert faults(page) == []


def test_a_dialog_gives_the_focus_back(
    console: Callable[..., Visit], own: V1, places: dict[str, str]
) -> None:
    page = console().sign_in(own.key, f"#/jobs/{places['job']}")
    page.locator(".lane-label").last.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.className").startswith("lane-label")


def test_what_is_chosen_is_told_to_screen_readers(
    console: Callable[..., Visit], own: V1, places: dict[str, str]
) -> None:
    page = console().sign_in(own.key, f"#/jobs/{places['job']}")
    page.get_by_role("listbox").focus()
    page.keyboard.press("ArrowDown")
    page.locator(".segments[aria-activedescendant]").wait_for()
    told = page.evaluate(
        "document.getElementById(document.querySelector('.segments').getAttribute('aria-activedescendant'))"
        ".getAttribute('aria-label')"
    )
    assert "confidence" in told


def test_moving_in_the_timeline_is_told_to_screen_readers(
    console: Callable[..., Visit], own: V1, places: dict[str, str]
) -> None:
    page = console().sign_in(own.key, f"#/jobs/{places['job']}")
    page.locator(".window").focus()
    page.keyboard.press("ArrowRight")
    page.locator("#said", has_text="confidence").wait_for(state="attached")
