"""A real conversation with marks in it, whose place can be found again to a fraction of a millisecond."""

import subprocess
import wave
from pathlib import Path
from typing import Final

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from deploy.demo.conversation import packaged_conversation

SOURCE_HERTZ: Final = 48_000
DECODED_HERTZ: Final = 16_000
DURATION_SECONDS: Final = 4.0
MARKS_SECONDS: Final = (0.5, 1.25, 2.0, 3.1)
MARK_LENGTH_SECONDS: Final = 0.05


def marks(rate_hertz: int) -> NDArray[np.float64]:
    """Four short sweeps from 300 to 3300 Hz, unevenly spaced, shape (4 s of samples,), peak 0.5."""
    samples = np.zeros(int(DURATION_SECONDS * rate_hertz))
    for start_seconds in MARKS_SECONDS:
        first = round(start_seconds * rate_hertz)
        seconds = np.arange(round(MARK_LENGTH_SECONDS * rate_hertz)) / rate_hertz
        samples[first : first + seconds.size] = 0.5 * np.sin(2 * np.pi * (300 + 30_000 * seconds) * seconds)
    return samples


def write_marked(path: Path) -> Path:
    """A mono WAV file of 4 s at 48 kHz: the beginning of the packaged conversation, and the marks."""
    with wave.open(str(packaged_conversation().audio)) as file:
        speech = np.frombuffer(file.readframes(int(DURATION_SECONDS * file.getframerate())), "<i2") / 32768
    at_source_rate = np.repeat(speech, SOURCE_HERTZ // DECODED_HERTZ)
    samples = 0.5 * at_source_rate + marks(SOURCE_HERTZ)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, SOURCE_HERTZ, 0, "NONE", ""))
        file.writeframes((32767 * np.clip(samples, -1, 1)).astype("<i2").tobytes())
    return path


def ffmpeg(*options: str) -> None:
    """Run the ffmpeg of the wheel. Raises CalledProcessError."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-y", "-loglevel", "error", *options]
    subprocess.run(command, check=True)


def late_seconds(samples: NDArray[np.float32], expected: NDArray[np.float64] | None = None) -> float:
    """How much later ``samples`` have what is in ``expected`` (by default the marks), both 16 kHz mono."""
    expected = marks(DECODED_HERTZ) if expected is None else expected
    size = samples.size + expected.size
    product = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(expected, size))
    late = int(np.argmax(np.abs(np.fft.irfft(product, size))))
    return (late - size if late > size // 2 else late) / DECODED_HERTZ
