"""A real headless Chromium, and what a page in it did that it should not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from deploy.browser import installed

if TYPE_CHECKING:
    # Not installed where only other tests run; these are collected there all the same.
    from playwright.sync_api import Browser, Page, Request

# A microphone that beeps, and no question whether it may be used; sounds go nowhere.
ARGUMENTS = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--mute-audio"]
PATIENCE_MILLISECONDS = 60_000
# Told by the page itself, in a list that a test reads at its end.
NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
# Pauses of a second and more are noted, and none takes longer than a moment.
HURRY = """
window.pauses = [];
const wait = window.setTimeout;
window.setTimeout = (act, milliseconds = 0) => {
  if (milliseconds >= 1000) pauses.push(milliseconds);
  return wait(act, Math.min(milliseconds, 10));
};
"""


@contextmanager
def chromium() -> Iterator["Browser"]:
    """The browser. Raises NoBrowser."""
    found = installed()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.executable,
            env={**os.environ, **found.environment},
            args=ARGUMENTS,
            chromium_sandbox=False,
        )
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """A page of the console in a browser of its own: nothing is kept, and all that goes wrong is noted."""

    def __init__(self, browser: "Browser", url: str, **options: Any) -> None:
        self.url = url
        self.context = browser.new_context(accept_downloads=True, **options)
        self.context.add_init_script(NOTE_VIOLATIONS)
        self.context.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        self.page.on("request", self._note)

    def _note(self, request: "Request") -> None:
        if not request.url.startswith((self.url, "blob:", "data:")):
            self.foreign.append(request.url)

    def open(self, place: str = "") -> "Page":
        """Go to a place of the console: what is behind its #."""
        self.page.goto(f"{self.url}/console/{place}")
        return self.page

    def sign_in(self, key: str, place: str = "") -> "Page":
        """Sign in with a key, by hand, and go to a place."""
        page = self.open(place)
        page.get_by_label("API key").fill(key)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("navigation", name="Console").wait_for()
        return page

    def violations(self) -> list[str]:
        """What the content security policy had to stop."""
        return list(self.page.evaluate("window.violations"))

    def close(self) -> None:
        self.context.close()


@contextmanager
def visit(browser: "Browser", url: str, **options: Any) -> Iterator[Visit]:
    """A visit that ends."""
    visiting = Visit(browser, url, **options)
    try:
        yield visiting
    finally:
        visiting.close()
