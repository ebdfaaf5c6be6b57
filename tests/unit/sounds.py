"""Short recordings with something in them that can be found again."""

import subprocess
import wave
from pathlib import Path
from typing import Protocol

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
CLICK_SECONDS = 1.25
DURATION_SECONDS = 3.0


class Encode(Protocol):
    """Runs ffmpeg on a click, or on ``source``, with ``options``; ``name`` is the file that comes out."""

    def __call__(self, name: str, *options: str, source: Path | None = None) -> Path: ...


def click(rate: int = RATE) -> NDArray[np.int16]:
    """Three seconds of near silence with a short 1 kHz burst that starts at 1.25 s."""
    samples = np.random.default_rng(0).normal(0, 30, int(DURATION_SECONDS * rate))
    start, length = int(CLICK_SECONDS * rate), int(0.02 * rate)
    samples[start : start + length] += 20_000 * np.sin(2 * np.pi * 1000 * np.arange(length) / rate)
    return samples.astype(np.int16)


def write_wav(path: Path, samples: NDArray[np.int16], rate: int = RATE, channels: int = 1) -> Path:
    """A 16-bit WAV file of ``samples``, which are interleaved where there are several channels."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return path


def run_ffmpeg(source: Path, options: tuple[str, ...], encoded: Path) -> Path:
    """Encode ``source`` as ``options`` say. Raises CalledProcessError."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error", "-i", str(source)]
    subprocess.run([*command, *options, str(encoded)], check=True)
    return encoded


def onset_seconds(samples: NDArray[np.float32], level: float = 0.2) -> float:
    """When ``samples`` are first louder than ``level``."""
    return float(np.flatnonzero(np.abs(samples) > level)[0]) / RATE
