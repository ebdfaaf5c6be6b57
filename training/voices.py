"""The voices learned from: one recording each, and what becomes of it on many kinds of lines."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from shared.domain import Line
from worker.audio.decoding import SAMPLE_RATE_HERTZ, decode
from worker.voiceprints.lines import at_level, in_a_room, telephone, with_noise

Samples = NDArray[np.float32]
Rng = np.random.Generator

LONGEST_SECONDS: Final = 120.0
CODECS: Final[dict[str, list[str]]] = {
    "amr": ["-c:a", "libopencore_amrnb", "-b:a", "7.95k", "-f", "amr"],
    "amr low": ["-c:a", "libopencore_amrnb", "-b:a", "4.75k", "-f", "amr"],
    "opus": ["-c:a", "libopus", "-b:a", "8k", "-f", "ogg"],
    "g726": ["-c:a", "g726", "-b:a", "24k", "-f", "wav"],
    "g723": ["-c:a", "g723_1", "-b:a", "6300", "-f", "wav"],
}


@dataclass(frozen=True, eq=False)
class Voice:
    """A person, and samples (num_samples,) of him, 16 kHz."""

    name: str
    samples: Samples


def read_voices(folder: Path) -> Iterator[Voice]:
    """Every FLAC file of ``folder`` by name."""
    for path in sorted(folder.glob("*.flac")):
        yield Voice(path.stem, at_level(decode(path.resolve(), max_seconds=LONGEST_SECONDS)))


def clean(samples: Samples, _rng: Rng) -> Samples:
    """As recorded."""
    return samples


def noisy(samples: Samples, rng: Rng) -> Samples:
    """In noise of any colour."""
    return with_noise(samples, rng.uniform(5, 20), rng.uniform(0, 1.5), rng)


def in_room(samples: Samples, rng: Rng) -> Samples:
    """At a distance."""
    return in_a_room(samples, rng.uniform(0.2, 0.6), rng)


def in_noisy_room(samples: Samples, rng: Rng) -> Samples:
    """At a distance, in noise."""
    return with_noise(in_room(samples, rng), rng.uniform(8, 20), rng.uniform(0, 1.5), rng)


def on_telephone(samples: Samples, rng: Rng) -> Samples:
    """Over a fixed line."""
    return telephone(samples, rng.uniform(200, 350), rng.uniform(3300, 3500))


def on_noisy_telephone(samples: Samples, rng: Rng) -> Samples:
    """Over a line with noise and a band of its own."""
    noise = with_noise(samples, rng.uniform(10, 25), rng.uniform(0, 1.5), rng)
    return telephone(noise, rng.uniform(100, 350), rng.uniform(3200, 3800))


def on_mobile(samples: Samples, rng: Rng) -> Samples:
    """Through a speech codec at 8 kHz."""
    return through_codec(samples, str(rng.choice(sorted(CODECS))))


def through_codec(samples: Samples, codec: str) -> Samples:
    """Encoded and decoded by ffmpeg, no longer than before."""
    raw = ["-f", "f32le", "-ac", "1", "-ar", str(SAMPLE_RATE_HERTZ)]
    encoded = _ffmpeg([*raw, "-i", "-", "-ar", "8000", *CODECS[codec], "-"], samples.astype("<f4").tobytes())
    decoded = _ffmpeg(["-i", "-", *raw, "-"], encoded)
    return np.frombuffer(decoded, "<f4")[: samples.size].astype(np.float32)


def _ffmpeg(options: list[str], given: bytes) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-loglevel", "error", *options]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


@dataclass(frozen=True)
class Condition:
    """A way a voice may reach us, and the exemplar it is to be compared with."""

    name: str
    line: Line
    render: Callable[[Samples, Rng], Samples]


CONDITIONS: Final = (
    Condition("clean", Line.WIDEBAND, clean),
    Condition("room", Line.WIDEBAND, in_room),
    Condition("noisy", Line.NOISY, noisy),
    Condition("noisy room", Line.NOISY, in_noisy_room),
    Condition("telephone", Line.TELEPHONE, on_telephone),
    Condition("noisy telephone", Line.TELEPHONE, on_noisy_telephone),
    Condition("mobile", Line.TELEPHONE, on_mobile),
    Condition("other mobile", Line.TELEPHONE, on_mobile),
)
