"""Decodes what was made to break the decoder, and says whether the promise held.

The promise: within the limit of time, an error of `shared.errors`, or samples that are finite, within ±1, and
no longer than was allowed.
"""

import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.errors import RollcallError
from tests.security.seeds import Seed
from worker.audio.decoding import SAMPLE_RATE_HERTZ, decode

MAX_AUDIO_SECONDS: Final = 60.0
LIMIT_SECONDS: Final = 90.0
"""For one file: more than the jail gives any one program, by the clock of the wall."""

DECODED: Final = "decoded"


@dataclass(frozen=True)
class Verdict:
    """How one file ended. ``answer`` is `decoded` or an error's code; ``violation`` is empty if all held."""

    answer: str
    seconds: float
    violation: str = ""


def judge(content: bytes, seed: Seed) -> Verdict:
    """Decode ``content`` under the claims of ``seed``, as a worker would."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "audio"
        path.write_bytes(content)
        return judge_file(path, seed)


def judge_file(path: Path, seed: Seed) -> Verdict:
    """The same for a file that is there already."""
    began = time.monotonic()
    try:
        samples = decode(
            path,
            max_seconds=MAX_AUDIO_SECONDS,
            encoding=seed.encoding,
            sample_rate_hertz=seed.sample_rate_hertz,
        )
        answer, violation = DECODED, _wrong_with(samples)
    except RollcallError as error:
        answer, violation = error.code, ""
    except Exception as error:  # noqa: BLE001 - that is what is being looked for
        answer, violation = type(error).__name__, f"{type(error).__name__}: {error}"
    seconds = time.monotonic() - began
    if seconds > LIMIT_SECONDS:
        violation = f"took {seconds:.0f} s"
    return Verdict(answer, seconds, violation)


def _wrong_with(samples: NDArray[np.float16]) -> str:
    if not np.isfinite(samples).all():
        return "samples that are not finite"
    if np.abs(samples).max() > 1:
        return "samples out of range"
    if samples.size > MAX_AUDIO_SECONDS * SAMPLE_RATE_HERTZ:
        return "more samples than allowed"
    return ""
