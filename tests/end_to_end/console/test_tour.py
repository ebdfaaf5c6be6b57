"""The whole of the console, once through: as a person uses it, with a real service and real speech."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from tests.end_to_end.console.browsing import Visit, visit
from tests.end_to_end.v1 import V1, Hook, hook_answering, once

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ENROLLED, STRANGER = "ann", "bob"


class Tour:
    """What a person saw at each stop."""

    def __init__(self, visiting: Visit, own: V1, hook: Hook) -> None:
        self.visiting, self.own, self.hook = visiting, own, hook
        self.page: Page = visiting.page
        self.seen: dict[str, str] = {}

    def enrol(self, voice: bytes) -> None:
        page = self.page
        page.get_by_role("link", name="Speakers").click()
        page.get_by_role("button", name="Enrol a voice").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill(ENROLLED)
        sample = {"name": "ann.wav", "mimeType": "audio/wav", "buffer": voice}
        dialog.get_by_label("File of a recording of one person").set_input_files(sample)  # type: ignore[arg-type]
        dialog.get_by_role("button", name="Enrol", exact=True).click()
        page.get_by_role("link", name=ENROLLED, exact=True).wait_for()
        self.seen["enrolled"] = page.locator(".notice").inner_text()

    def identify(self, recording: Path) -> None:
        page = self.page
        page.get_by_role("link", name="Identify").click()
        page.get_by_label("File of a recording").set_input_files(recording)
        page.get_by_text("More", exact=True).click()
        page.get_by_label("Webhook").fill(self.hook.url)
        page.get_by_role("button", name="Find out who speaks").click()
        page.get_by_role("listbox").wait_for()
        self.seen["voices"] = " ".join(page.locator(".lane-name").all_inner_texts())
        self.job_url = page.url
        self.hook.wait()

    def play(self) -> None:
        """A segment, by the keyboard alone; it must stop at the segment's end."""
        page = self.page
        page.get_by_role("group", name=re.compile("Timeline")).focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Pause").wait_for()
        page.get_by_role("button", name="Play", exact=True).wait_for()
        self.seen["played"] = page.locator(".transport .clock").inner_text()

    def name_the_stranger(self) -> None:
        page = self.page
        page.locator(".lane-label", has=page.locator(".swatch.stranger")).first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Who is it?").fill(STRANGER)
        dialog.get_by_role("button", name="Save the name").click()
        dialog.wait_for(state="detached")
        self.seen["named"] = page.locator(".notice p").inner_text()

    def undo(self) -> None:
        self.page.get_by_role("button", name="Undo").click()
        self.page.get_by_text("Undone").first.wait_for()
        self.seen["undone"] = " ".join(self.page.locator(".lane-name").all_inner_texts())

    def redeliver(self) -> None:
        page = self.page
        page.get_by_role("link", name="Deliveries").click()
        page.get_by_role("row", name=re.compile("delivered")).get_by_role("link").first.click()
        again = page.get_by_role("button", name="Send again", exact=True)
        again.wait_for()
        delivery = page.url.rpartition("/")[2]
        self.hook.forget()
        again.click()
        # Changes of names are told the webhook as well, and may come between.
        while self.hook.wait().headers["webhook-id"] != delivery:
            pass
        self.seen["redelivered"] = page.locator(".notice p").inner_text()
        path = f"/v1/deliveries/{delivery}"
        once(lambda: self.own.get(path).json()["attempts"], lambda attempts: len(attempts) == 2)

    def delete(self) -> None:
        page = self.page
        page.get_by_role("link", name="Speakers").click()
        page.get_by_role("link", name=ENROLLED, exact=True).click()
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete the speaker").click()
        page.get_by_role("heading", name="Speakers").wait_for()
        page.get_by_text("Nobody is enrolled yet.").wait_for()

    def delete_the_recording(self) -> None:
        page = self.page
        page.goto(self.job_url)
        page.get_by_role("button", name="Delete", exact=True).click()
        page.get_by_role("dialog").get_by_role("button", name="Delete the recording").click()
        page.get_by_role("heading", name="Recordings").wait_for()
        page.get_by_role("table").wait_for()
        self.seen["left"] = page.get_by_role("table").inner_text()


@pytest.fixture(scope="module")
def tour(
    browser: "Browser", stack: BackgroundStack, own: V1, conversation: Conversation, voices: dict[str, bytes]
) -> Iterator[Tour]:
    """A tour that has been through everything."""
    with hook_answering(204) as hook, visit(browser, stack.url) as visiting:
        visiting.sign_in(own.key)
        touring = Tour(visiting, own, hook)
        touring.enrol(voices["speaker90"])
        touring.identify(conversation.audio)
        touring.play()
        touring.name_the_stranger()
        touring.undo()
        touring.redeliver()
        touring.delete()
        touring.delete_the_recording()
        yield touring


def test_the_tour_tells_who_was_enrolled(tour: Tour) -> None:
    assert f"{ENROLLED} is enrolled" in tour.seen["enrolled"]


def test_the_tour_finds_the_enrolled_and_a_stranger(tour: Tour) -> None:
    assert ENROLLED in tour.seen["voices"]
    assert "tranger" in tour.seen["voices"]


def test_a_segment_that_is_played_moves_the_clock(tour: Tour) -> None:
    assert not tour.seen["played"].startswith("0:00 ")


def test_a_stranger_gets_a_name(tour: Tour) -> None:
    assert STRANGER in tour.seen["named"]


def test_undone_the_stranger_has_no_name(tour: Tour) -> None:
    assert STRANGER not in tour.seen["undone"]
    assert ENROLLED in tour.seen["undone"]


def test_undone_nobody_but_the_enrolled_was_left(tour: Tour, own: V1) -> None:
    assert [speaker["id"] for page in own.pages("/v1/speakers") for speaker in page] == []


def test_a_delivery_that_is_sent_again_says_so(tour: Tour) -> None:
    assert "sent again" in tour.seen["redelivered"]


def test_a_recording_that_is_deleted_is_gone(tour: Tour, conversation: Conversation) -> None:
    assert conversation.audio.name not in tour.seen["left"]


@pytest.mark.one_machine("browsers say of plain http from elsewhere that they isolate no page of it")
def test_nothing_went_wrong_in_the_page(tour: Tour) -> None:
    assert tour.visiting.complaints == []


def test_the_policy_had_nothing_to_stop(tour: Tour) -> None:
    assert tour.visiting.violations() == []


def test_nothing_was_asked_of_anybody_else(tour: Tour) -> None:
    assert tour.visiting.foreign == []
