"""The microphone, and recordings that were picked, are let go of as soon as nobody wants them any more."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from deploy.local.background import BackgroundStack
from shared.domain import Segment
from tests.end_to_end.console.browsing import Visit
from tests.end_to_end.console.scenes import finished_job
from tests.end_to_end.v1 import V1

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.one_machine(
    "browsers give the microphone to pages of this machine, or of https, only"
)
# Every stream that is given, once `permission` is; and how many tracks and addresses of files are still held.
NOTE_STREAMS = """
window.streams = [];
window.addresses = new Set();
const devices = navigator.mediaDevices;
if (devices) {
  const ask = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async wanted => {
    const stream = await ask(wanted);
    await window.permission;
    streams.push(stream);
    return stream;
  };
}
const tracks = () => streams.flatMap(stream => stream.getTracks());
window.live = () => tracks().filter(track => track.readyState === 'live').length;
const [open, close] = [URL.createObjectURL.bind(URL), URL.revokeObjectURL.bind(URL)];
URL.createObjectURL = file => { const address = open(file); addresses.add(address); return address; };
URL.revokeObjectURL = address => { addresses.delete(address); close(address); };
"""
WITHHOLD = "() => { window.permission = new Promise(resolve => { window.permit = resolve; }); }"
PERMIT = """async count => {
  permit();
  while (streams.length < count) await new Promise(resume => setTimeout(resume, 10));
  await new Promise(resume => setTimeout(resume, 50));
}"""
DROP = """() => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File(['RIFF'], 'dropped.wav'));
  const drop = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
  document.querySelector('.picker').dispatchEvent(drop);
}"""
KEEP = (
    "async id => (await import('/console/scripts/files.js')).files.keep(id, new File(['RIFF'], 'talk.wav'))"
)
KEPT = "async id => (await import('/console/scripts/files.js')).files.of(id) !== null"


@pytest.fixture
def page(console: Callable[..., Visit], own: V1) -> "Page":
    """The console's first page, in a browser that notes what is held."""
    visiting = console()
    visiting.context.add_init_script(NOTE_STREAMS)
    page = visiting.sign_in(own.key)
    page.get_by_role("button", name="Record", exact=True).wait_for()
    return page


def record(page: "Page") -> None:
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_role("button", name="Stop").wait_for()


def test_a_recording_that_is_stopped_lets_the_microphone_go(page: "Page") -> None:
    record(page)
    assert page.evaluate("live()") == 1
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Choose another").wait_for()
    assert page.evaluate("live()") == 0


def test_two_clicks_at_once_begin_one_recording(page: "Page") -> None:
    page.evaluate(WITHHOLD)
    press = (
        "[...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Record').click()"
    )
    page.evaluate(f"{press}; {press}")
    page.evaluate(PERMIT, 1)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Choose another").wait_for()
    assert page.evaluate("live()") == 0


def test_a_microphone_that_is_given_after_the_view_was_left_is_let_go(page: "Page") -> None:
    page.evaluate(WITHHOLD)
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_role("link", name="Recordings").click()
    page.get_by_role("heading", name="Recordings").wait_for()
    page.evaluate(PERMIT, 1)
    assert page.evaluate("live()") == 0


def test_a_microphone_that_is_given_after_a_file_was_dropped_is_let_go(page: "Page") -> None:
    page.evaluate(WITHHOLD)
    page.get_by_role("button", name="Record", exact=True).click()
    page.evaluate(DROP)
    page.evaluate(PERMIT, 1)
    assert page.evaluate("live()") == 0
    assert page.locator(".file-name").inner_text() == "dropped.wav"


def test_a_file_that_is_dropped_ends_a_recording(page: "Page") -> None:
    record(page)
    page.evaluate(DROP)
    page.get_by_text("dropped.wav").first.wait_for()
    assert page.evaluate("live()") == 0


def test_a_dialog_that_is_left_lets_the_microphone_go(page: "Page") -> None:
    page.get_by_role("link", name="Speakers").click()
    page.get_by_role("button", name="Enrol a voice").click()
    record(page)
    page.go_back()
    page.get_by_role("heading", name="Who speaks when?").wait_for()
    assert page.evaluate("live()") == 0


@pytest.mark.parametrize(
    "broken",
    [
        "MediaRecorder.prototype.start = () => { throw Error('no') }",
        "window.MediaRecorder = class { static isTypeSupported() {} constructor() { throw Error('no') } }",
        "window.AudioContext = class { constructor() { throw Error('no') } }",
    ],
)
def test_a_browser_that_cannot_record_lets_the_microphone_go(page: "Page", broken: str) -> None:
    page.evaluate(f"() => {{ {broken} }}")
    page.get_by_role("button", name="Record", exact=True).click()
    page.get_by_text("The microphone cannot be used").first.wait_for()
    assert (page.evaluate("streams.length"), page.evaluate("live()")) == (1, 0)


def test_a_file_that_is_not_wanted_any_more_is_let_go(page: "Page") -> None:
    sound = {"name": "a.wav", "mimeType": "audio/wav", "buffer": b"RIFF"}
    page.get_by_label("File of a recording").set_input_files(sound)  # type: ignore[arg-type]
    assert page.evaluate("addresses.size") == 1
    page.get_by_role("button", name="Choose another").click()
    assert page.evaluate("addresses.size") == 0


def test_a_recording_that_is_deleted_is_let_go(page: "Page", stack: BackgroundStack, own: V1) -> None:
    job_id = finished_job(stack, own.key, [Segment(0, 4, "ann", "ann", 0.9, None, ())], 4, "talk.wav")
    page.evaluate(KEEP, job_id)
    assert page.evaluate(KEPT, job_id)
    page.evaluate("place => { location.hash = place }", f"#/jobs/{job_id}")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete the recording").click()
    page.get_by_role("heading", name="Recordings").wait_for()
    assert not page.evaluate(KEPT, job_id)


def test_who_signs_out_leaves_no_recordings_behind(page: "Page") -> None:
    page.evaluate(KEEP, "a job")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("API key").wait_for()
    assert not page.evaluate(KEPT, "a job")


def test_a_key_that_is_not_good_any_more_leaves_no_recordings_behind(page: "Page") -> None:
    page.evaluate(KEEP, "a job")
    page.evaluate("sessionStorage.setItem('rollcall.key', 'rk_wrong')")
    page.get_by_role("link", name="Recordings").click()
    page.get_by_label("API key").wait_for()
    assert not page.evaluate(KEPT, "a job")
