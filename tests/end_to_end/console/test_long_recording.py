"""Two hours with two thousand segments are as quick as two minutes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from deploy.local.background import BackgroundStack
from tests.end_to_end.console.browsing import visit
from tests.end_to_end.console.scenes import LONG_SEGMENTS, long_meeting
from tests.end_to_end.v1 import V1

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Frames that took longer than this are seen as a jerk.
JERK_MILLISECONDS = 1000 / 30
# More of them than where next to nothing is drawn: what else the machine does makes frames late, too.
MOST_JERKS = 0.1
TRIES = 3
PLAIN = """() => {
  const plain = document.createElement('div'), tall = document.createElement('div');
  plain.className = 'plain';
  plain.style.cssText = 'position: fixed; inset: 0 auto auto 0; width: 90px; height: 90px; overflow: auto';
  tall.style.height = '90000px';
  plain.append(tall);
  document.body.append(plain);
}"""
MOST_ROWS = 80
# How thick the lines of the axis are in a few pictures; no others of the canvas go from point to point.
AXIS_LINES = """async () => {
  const pen = CanvasRenderingContext2D.prototype, line = pen.lineTo, seen = new Set();
  pen.lineTo = function (...point) {
    if (this.canvas.className === 'lanes') seen.add(this.lineWidth);
    return line.apply(this, point);
  };
  for (let pictures = 0; pictures < 3; pictures++) {
    document.querySelector('.window').scrollLeft += 1;
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
  }
  pen.lineTo = line;
  return [...seen];
}"""
SCROLL = """async ([selector, axis]) => {
  const element = document.querySelector(selector);
  const intervals = [];
  await new Promise(resolve => {
    let last = performance.now();
    const step = now => {
      intervals.push(now - last);
      last = now;
      element[axis] += 97;
      if (intervals.length < 90) requestAnimationFrame(step); else resolve();
    };
    requestAnimationFrame(step);
  });
  return intervals.slice(2);
}"""


@pytest.fixture(scope="module")
def page(browser: "Browser", stack: BackgroundStack, own: V1) -> Iterator["Page"]:
    """The long recording, opened."""
    with visit(browser, stack.url) as visiting:
        page = visiting.sign_in(own.key, f"#/jobs/{long_meeting(stack, own.key)}")
        page.get_by_role("listbox").wait_for()
        page.locator("[role=option]").first.wait_for()
        page.evaluate(PLAIN)
        yield page


def jerks(page: "Page", selector: str, axis: str) -> float:
    """Share of frames that came late while an element was scrolled."""
    intervals = page.evaluate(SCROLL, [selector, axis])
    return sum(interval > JERK_MILLISECONDS for interval in intervals) / len(intervals)


def scrolls_smoothly(page: "Page", selector: str, axis: str) -> bool:
    """Whether hardly more frames are late than in a plain element, at the best of some tries."""
    return any(
        jerks(page, selector, axis) - jerks(page, ".plain", "scrollTop") < MOST_JERKS for _ in range(TRIES)
    )


def test_the_list_scrolls_smoothly(page: "Page") -> None:
    assert scrolls_smoothly(page, ".segments", "scrollTop")


def zoom_in(page: "Page") -> None:
    for _ in range(6):
        page.get_by_role("button", name="Zoom in").click()


def test_the_timeline_scrolls_smoothly(page: "Page") -> None:
    zoom_in(page)
    assert scrolls_smoothly(page, ".window", "scrollLeft")


def test_only_rows_in_sight_exist(page: "Page") -> None:
    assert 0 < page.locator("[role=option]").count() < MOST_ROWS


def test_the_rows_in_sight_are_those_of_the_place(page: "Page") -> None:
    page.evaluate("document.querySelector('.segments').scrollTop = 1000 * 44")
    page.locator("#segment-1003").wait_for()
    top = page.locator("#segment-1003").bounding_box()
    box = page.locator(".segments").bounding_box()
    assert top
    assert box
    assert box["y"] < top["y"] < box["y"] + box["height"]


def test_the_end_is_one_key_away(page: "Page") -> None:
    page.get_by_role("listbox").focus()
    page.keyboard.press("End")
    chosen = page.locator("[role=option][aria-selected=true]")
    chosen.wait_for()
    assert chosen.get_attribute("aria-posinset") == str(LONG_SEGMENTS)


def test_the_timeline_follows_what_is_chosen(page: "Page") -> None:
    zoom_in(page)
    page.get_by_role("listbox").focus()
    places = []
    for key in ("Home", "End", "Home"):
        page.keyboard.press(key)
        places.append(page.evaluate("document.querySelector('.window').scrollLeft"))
    assert places[0] == places[2] < 100
    assert places[1] > 1000


def test_lines_of_the_axis_stay_thin_when_a_segment_is_framed(page: "Page") -> None:
    zoom_in(page)
    page.get_by_role("listbox").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(AXIS_LINES) == [1]
