"""Where a recording's own zero lies on the clock of the container that carries it."""

from pathlib import Path
from typing import Final

from worker.audio.delays import undeclared_delay_seconds
from worker.audio.probing import Track

# Their clocks start with the recording. Those of MPEG-TS and Ogg belong to a broadcast and start anywhere.
_CLOCKS_FROM_ZERO: Final = frozenset({"mp4", "webm", "wma", "flv", "avi"})
# ffmpeg takes their audio's beginning for the file's, also when the picture began before.
_CLOCKS_THAT_JUMP: Final = frozenset({"mpegts", "mpeg", "ogg"})
_LONGEST_LEAD_SECONDS: Final = 60.0
"""A recording that begins later than this on its own clock is a piece of a broadcast."""


def keeps_clock(container: str | None, track: Track) -> bool:
    """True when the container's zero is the recording's, however late its first stream begins."""
    return container in _CLOCKS_FROM_ZERO and track.file_start_seconds <= _LONGEST_LEAD_SECONDS


def shift_seconds(path: Path, container: str | None, track: Track) -> float:
    """What to add to ffmpeg's times of ``track`` so that they count from the recording's beginning."""
    zero = 0.0 if keeps_clock(container, track) else track.file_start_seconds
    lead = max(0.0, track.start_seconds - zero)
    restored = lead if container in _CLOCKS_THAT_JUMP else 0.0
    # Where something came before the audio, its packets were put early by the delay, as they ought to be.
    return restored - max(0.0, undeclared_delay_seconds(path, track) - lead)
