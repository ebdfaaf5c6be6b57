"""WAV files that hold what the models take: to start ffmpeg takes longer than to read them.

Python's own reader of WAV, which no bytes can take over, finds the samples; whatever is odd about a file is
left to ffmpeg.
"""

import os
import wave
from pathlib import Path
from typing import Final

import numpy as np

from worker.audio.ffmpeg import opened
from worker.audio.mixing import MAX_CHANNELS, Mixdown

_SAMPLE_BYTES: Final = 2
_FULL_SCALE: Final = np.float32(1 << 15)
_FRAMES_AT_ONCE: Final = 1 << 16


def read_plain_wave(path: Path, mixdown: Mixdown, *, sample_rate_hertz: int) -> bool:
    """Give ``mixdown`` the samples of a WAV file of 16-bit integers at this very rate.

    False, and nothing is given, for any other file, and for one that is shorter than it says. Raises
    NotAFile and what the mixdown raises.
    """
    with opened(path) as descriptor, open(descriptor, "rb", closefd=False) as file:
        try:
            with wave.open(file) as reader:
                header = reader.getparams()
        except (wave.Error, EOFError):
            return False
        expected = (_SAMPLE_BYTES, sample_rate_hertz)
        if (header.sampwidth, header.framerate) != expected or not 0 < header.nchannels <= MAX_CHANNELS:
            return False
        frame_bytes = _SAMPLE_BYTES * header.nchannels
        there_bytes = os.fstat(descriptor).st_size - file.tell()
        if not 0 < header.nframes * frame_bytes <= there_bytes:
            return False
        mixdown.begin(header.nchannels)
        for start in range(0, header.nframes, _FRAMES_AT_ONCE):
            frames = min(_FRAMES_AT_ONCE, header.nframes - start)
            samples = np.frombuffer(file.read(frames * frame_bytes), dtype="<i2")
            mixdown.add(samples.astype(np.float32) / _FULL_SCALE)
    return True
