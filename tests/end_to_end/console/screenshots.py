"""``python -m tests.end_to_end.console.screenshots``: pictures of the console for docs/console.

Of the conversation that comes with pyannote.audio, as the running service hears it; nothing is painted.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from deploy.demo.conversation import cut_out, own_turns, packaged_conversation
from deploy.local.background import BackgroundStack
from tests.end_to_end.console.browsing import chromium, visit
from tests.end_to_end.v1 import V1

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "console"
DESKTOP = {"viewport": {"width": 1180, "height": 860}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 1.5}
NAMES = ["speaker90", "speaker91"]


def take(folder: Path) -> None:
    """Start a service, and take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="rollcall-pictures-") as data:
        stack = BackgroundStack(
            Path(data), ROLLCALL_ENROLL_COMPLETE_SECONDS="6", ROLLCALL_EGRESS_ALLOW="127.0.0.0/8"
        )
        stack.start()
        try:
            stack.wait_until_ready()
            with chromium() as browser:
                _tour(browser, stack, folder)
        finally:
            stack.stop()


def _keep(page: "Page", path: Path) -> None:
    """Few colours are enough for a page, and take a third of the room."""
    from PIL import Image

    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def _tour(browser: "Browser", stack: BackgroundStack, folder: Path) -> None:
    conversation = packaged_conversation()
    first, second = NAMES
    caller = V1(stack, stack.api_key)
    caller.enrolled("ann", cut_out(conversation.audio, own_turns(conversation.reference, first)))

    def shot(name: str, **options: Any) -> None:
        with visit(browser, stack.url, reduced_motion="reduce", **options) as visiting:
            page = visiting.sign_in(stack.api_key)
            page.get_by_label("File of a recording").set_input_files(conversation.audio)
            if name == "new":
                _keep(page, folder / "new.png")
                return
            page.get_by_role("button", name="Find out who speaks").click()
            _heard(page)
            _keep(page, folder / f"{name}.png")

    shot("new", **DESKTOP)
    shot("recording", **DESKTOP)
    caller.enrolled("bob", cut_out(conversation.audio, own_turns(conversation.reference, second)))
    shot("dark", color_scheme="dark", **DESKTOP)
    shot("phone", **PHONE)
    with visit(browser, stack.url, **DESKTOP) as visiting:
        page = visiting.sign_in(stack.api_key, "#/speakers")
        page.get_by_role("link", name="ann").first.wait_for()
        _keep(page, folder / "speakers.png")


def _heard(page: "Page") -> None:
    page.get_by_role("listbox").wait_for()
    page.get_by_role("listbox").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Play it").wait_for()
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(700)


if __name__ == "__main__":
    take(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
