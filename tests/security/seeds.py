"""Sound recordings to be damaged: a short one in every format that docs/formats.md promises."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.formats import gsm
from tests.formats.cases import FORMATS, Format
from tests.formats.marked import ffmpeg
from tests.formats.table import GSM, PROCESSES

_SOUND: Final = "aevalsrc='0.4*sin(2*PI*300*t)*gt(mod(t,0.2),0.1)':d=0.7:s=48000"


@dataclass(frozen=True)
class Seed:
    """One recording, and what a caller would say of it."""

    format: str
    content: bytes = b""
    encoding: str = ""
    sample_rate_hertz: int = 0


def make_seeds() -> list[Seed]:
    """For every format one seed of the smallest shape it was tried with and one of the largest."""
    cases = [(tested, *tried) for tested in FORMATS for tried in sorted({tested.tried[0], tested.tried[-1]})]
    with TemporaryDirectory() as folder, ThreadPoolExecutor(PROCESSES) as pool:
        paths = _names(Path(folder))
        encoded = pool.map(lambda case: _encoded(*case), [(next(paths), *case) for case in cases])
        return [*encoded, Seed(GSM.name, gsm.frames(), GSM.hint)]


def _names(folder: Path) -> Iterator[Path]:
    number = 0
    while True:
        number += 1
        (folder / str(number)).mkdir()
        yield folder / str(number)


def _encoded(folder: Path, tested: Format, rate_hertz: int, channels: int) -> Seed:
    # Without this, serial numbers and dates would be others each time.
    shape = ("-ar", str(rate_hertz), "-ac", str(channels), "-fflags", "+bitexact")
    ffmpeg("-f", "lavfi", "-i", _SOUND, *shape, *tested.options, str(folder / tested.file))
    return Seed(tested.name, (folder / tested.file).read_bytes(), tested.hint, rate_hertz)
