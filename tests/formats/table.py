"""Measures every format and writes docs/formats.md: `.venv/bin/python -m tests.formats.table`."""

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import Final

from tests.formats import gsm
from tests.formats.cases import FORMATS, Format
from tests.formats.marked import DECODED_HERTZ, ffmpeg, late_seconds, write_marked
from worker.audio.decoding import decode

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "formats.md"
TEXT: Final = Path(__file__).with_name("formats.in.md")
GSM: Final = Format("headerless `GSM`", "a.gsm", tried=((8_000, 1),), hint="GSM")
# Wide steps: processors round differently, and the page should not change with the machine.
_STEPS_MILLISECONDS: Final = (2, 6, 12, 25, 50)

PROCESSES: Final = 4
"""A few at once: each mostly waits for a program to start."""

Measured = Mapping[tuple[str, int, int], float]


def measure() -> dict[tuple[str, int, int], float]:
    """For (format, rate in Hz, channels), how many seconds too late its marks are decoded."""
    cases = [(tested, *tried) for tested in FORMATS for tried in tested.tried]
    with TemporaryDirectory() as folder, ThreadPoolExecutor(PROCESSES) as pool:
        marked = write_marked(Path(folder) / "marked.wav")
        late = pool.map(lambda case: _late_seconds(*case, marked), cases)
        found = {
            (tested.name, *tried): seconds for (tested, *tried), seconds in zip(cases, late, strict=True)
        }
        frames = Path(folder) / GSM.file
        frames.write_bytes(gsm.frames())
        decoded = decode(frames, max_seconds=60, encoding=GSM.hint)
        found[GSM.name, 8_000, 1] = late_seconds(decoded, gsm.expected(DECODED_HERTZ))
    return found


def render(measured: Measured) -> str:
    """The page for users, with the table."""
    rows = ["| format | tried with | times off by less than |", "|---|---|---|"]
    for tested in (*FORMATS, GSM):
        worst = max(abs(measured[tested.name, *tried]) for tried in tested.tried)
        tries = ", ".join(f"{hertz / 1000:g} kHz × {channels}" for hertz, channels in tested.tried)
        rows.append(f"| {tested.name} | {tries} | {_step(worst)} |")
    return TEXT.read_text(encoding="utf-8").replace("{{table}}", "\n".join(rows))


def _late_seconds(tested: Format, rate_hertz: int, channels: int, marked: Path) -> float:
    folder = Path(mkdtemp(dir=marked.parent))
    encoded = folder / tested.file
    shape = ("-ar", str(rate_hertz), *_spread(channels))
    ffmpeg("-i", str(marked), *shape, *tested.options, str(encoded))
    samples = decode(encoded, max_seconds=60, encoding=tested.hint, sample_rate_hertz=rate_hertz)
    return late_seconds(samples)


def _spread(channels: int) -> tuple[str, ...]:
    # Only in the last channel, so that a mix which forgets one is found out.
    layout = {1: "mono", 2: "stereo", 3: "2.1", 4: "quad", 6: "5.1", 8: "7.1"}[channels]
    return ("-af", f"pan={layout}|c{channels - 1}=c0")


def _step(seconds: float) -> str:
    fitting = [step for step in _STEPS_MILLISECONDS if seconds * 1000 < step]
    return f"{fitting[0]} ms" if fitting else "**more than 50 ms**"


if __name__ == "__main__":
    DOCUMENT.write_text(render(measure()), encoding="utf-8")
    sys.stdout.write(f"wrote {DOCUMENT.name}\n")
