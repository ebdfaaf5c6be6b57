"""Lists of the console: what two requests at once, failures and the keyboard do to them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from deploy.local.background import BackgroundStack
from tests.end_to_end.console.browsing import Visit
from tests.end_to_end.console.scenes import finished_job
from tests.end_to_end.v1 import V1

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Route

LIST = "**/v1/jobs?*"
FOCUSED = "document.activeElement === document.body ? null : document.activeElement.textContent"
Answer = dict[str, Any]


class Service:
    """Answers what the list asks for with recordings of a test's choice, at once or when the test wants."""

    def __init__(self, template: Answer) -> None:
        self.template = template
        self.held: list[Route] = []

    def page_of(self, *names: str, cursor: str | None = None, status: str = "succeeded") -> Answer:
        made = [{"id": name, "metadata": {"file": name}, "status": status} for name in names]
        return {"items": [self.template | one for one in made], "next_cursor": cursor}

    def hold(self, route: "Route") -> None:
        self.held.append(route)

    def answer(self, answers: dict[str, Answer]) -> Callable[["Route"], None]:
        """By what stands in an address."""

        def fulfill(route: "Route") -> None:
            found = [answer for part, answer in answers.items() if part in route.request.url]
            route.fulfill(json=found[0])

        return fulfill


@pytest.fixture
def service(stack: BackgroundStack, own: V1) -> Service:
    return Service(own.job(finished_job(stack, own.key, [], 4, "talk.wav")))


@pytest.fixture
def page(console: Callable[..., Visit], own: V1, service: Service) -> "Page":
    """The list of recordings, with one at least."""
    page = console().sign_in(own.key, "#/jobs")
    page.get_by_role("table").wait_for()
    return page


def rows(page: "Page") -> list[str]:
    return page.locator("tbody th a").all_inner_texts()


def test_of_two_lists_that_are_asked_for_at_once_the_later_is_shown(page: "Page", service: Service) -> None:
    page.route(LIST, service.hold)
    with page.expect_request(LIST):
        page.get_by_label("Status").select_option("failed")
    with page.expect_request(LIST):
        page.get_by_label("Status").select_option("running")
    page.wait_for_timeout(100)
    former, latter = service.held
    latter.fulfill(json=service.page_of("running.wav"))
    page.get_by_text("running.wav").wait_for()
    with page.expect_response(LIST):
        former.fulfill(json=service.page_of("failed.wav"))
    page.wait_for_timeout(100)
    assert rows(page) == ["running.wav"]


def test_more_of_a_list_that_is_not_shown_any_more_is_left_out(page: "Page", service: Service) -> None:
    page.route(LIST, service.answer({"": service.page_of("a.wav", cursor="c1")}))
    page.get_by_role("button", name="Refresh").click()
    more = page.get_by_role("button", name="Show more")
    more.wait_for()
    page.unroute(LIST)
    page.route(LIST, service.hold)
    with page.expect_request(LIST):
        more.click()
    with page.expect_request(LIST):
        page.get_by_label("Status").select_option("running")
    page.wait_for_timeout(100)
    former, latter = service.held
    with page.expect_response(LIST):
        former.fulfill(json=service.page_of("b.wav"))
    latter.fulfill(json=service.page_of("running.wav"))
    page.get_by_text("running.wav").wait_for()
    assert rows(page) == ["running.wav"]


def test_a_list_that_cannot_be_had_is_not_busy(page: "Page") -> None:
    page.route(LIST, lambda route: route.fulfill(status=500, json={"detail": "It broke."}))
    page.get_by_role("button", name="Refresh").click()
    page.locator(".notice", has_text="It broke.").wait_for()
    assert page.locator(".listing").get_attribute("aria-busy") == "false"


def test_after_more_is_shown_the_focus_is_on_it(page: "Page", service: Service) -> None:
    first, second = service.page_of("a.wav", cursor="c1"), service.page_of("b.wav")
    page.route(LIST, service.answer({"cursor=c1": second, "": first}))
    page.get_by_role("button", name="Refresh").click()
    page.get_by_role("button", name="Show more").press("Enter")
    page.get_by_role("link", name="b.wav").wait_for()
    assert page.evaluate(FOCUSED) == "b.wav"


def test_after_a_row_has_changed_the_focus_is_where_it_was(page: "Page", service: Service) -> None:
    page.route(LIST, service.answer({"": service.page_of("a.wav", "b.wav", status="running")}))
    page.route("**/v1/jobs/b.wav", lambda route: route.fulfill(json={}))
    page.get_by_role("button", name="Refresh").click()
    cancel = page.get_by_role("button", name="Cancel b.wav")
    cancel.wait_for()
    page.unroute(LIST)
    page.route(LIST, service.answer({"": service.page_of("a.wav", "b.wav", status="canceled")}))
    cancel.press("Enter")
    page.get_by_role("cell", name="canceled").first.wait_for()
    assert page.evaluate(FOCUSED) == "b.wav"


def test_after_the_last_row_is_gone_the_focus_is_on_the_heading(page: "Page", service: Service) -> None:
    page.route(LIST, service.answer({"": service.page_of("a.wav", status="running")}))
    page.route("**/v1/jobs/a.wav", lambda route: route.fulfill(json={}))
    page.get_by_role("button", name="Refresh").click()
    cancel = page.get_by_role("button", name="Cancel a.wav")
    cancel.wait_for()
    page.unroute(LIST)
    page.route(LIST, service.answer({"": service.page_of()}))
    cancel.press("Enter")
    page.get_by_text("Nothing was sent yet.").wait_for()
    assert page.evaluate(FOCUSED) == "Recordings"


def complaint(page: "Page") -> "Locator":
    """The focused button that closes a notice, which came where Refresh was pressed."""
    page.route(LIST, lambda route: route.fulfill(status=500, json={"detail": "It broke."}))
    page.get_by_role("button", name="Refresh").press("Enter")
    close = page.get_by_role("button", name="Close")
    close.focus()
    return close


def test_a_notice_that_is_closed_gives_the_focus_back(page: "Page") -> None:
    close = complaint(page)
    close.press("Enter")
    close.wait_for(state="detached")
    assert page.evaluate(FOCUSED) == "Refresh"


def test_where_a_notice_came_from_is_gone_the_focus_is_on_the_heading(page: "Page") -> None:
    close = complaint(page)
    page.evaluate(
        "[...document.querySelectorAll('button')].find(one => one.textContent === 'Refresh').remove()"
    )
    close.press("Enter")
    close.wait_for(state="detached")
    assert page.evaluate(FOCUSED) == "Recordings"


def test_who_presses_a_picture_presses_its_button(page: "Page") -> None:
    page.get_by_role("link", name="Speakers").click()
    page.locator("main .icon").first.wait_for()
    found = page.evaluate(
        """() => {
          const box = document.querySelector('main .icon').getBoundingClientRect();
          return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).tagName;
        }"""
    )
    assert found == "BUTTON"
