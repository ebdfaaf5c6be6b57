"""The recording of the demo: a real conversation of two people of pyannote.audio, or the user's own."""

import io
import re
import shlex
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import distribution
from pathlib import Path

from client import Segment

with warnings.catch_warnings():
    # It looks for an ffmpeg on the PATH and warns; WAV is read without one.
    warnings.simplefilter("ignore")
    from pydub import AudioSegment


SPEAKER_ID = re.compile(r"[a-zA-Z0-9_]+")


class Unusable(Exception):
    """The user's files or names cannot be used; the message says what to change."""


@dataclass(frozen=True)
class Conversation:
    """A recording, with who speaks when where that is known, and recordings to enrol its speakers from."""

    audio: Path
    reference: list[Segment] = field(default_factory=list)
    samples: list[tuple[str, Path]] = field(default_factory=list)


def packaged_conversation() -> Conversation:
    """Thirty seconds of two people on the telephone, and a person's transcript of who speaks when."""
    folder = "pyannote/audio/sample/"
    package = distribution("pyannote.audio")
    audio = Path(str(package.locate_file(folder + "sample.wav")))
    rttm = Path(str(package.locate_file(folder + "sample.rttm")))
    return Conversation(audio, read_rttm(rttm))


def users_conversation(audio: str, enroll: str) -> Conversation:
    """The user's files; ``enroll`` is like ``alice=a.wav bob=b.wav``. Raises Unusable."""
    samples = []
    try:
        pairs = shlex.split(enroll)
    except ValueError as error:
        raise Unusable(
            f"ENROLL cannot be read ({error}); put file names with quotes or blanks in quotes."
        ) from None
    for pair in pairs:
        name, separator, file = pair.partition("=")
        if not separator or not SPEAKER_ID.fullmatch(name):
            raise Unusable(f'ENROLL holds {pair!r}; write ENROLL="alice=a.wav bob=b.wav", with plain names.')
        samples.append((name, _existing(file)))
    if not samples:
        raise Unusable('AUDIO needs voices to look for; add ENROLL="alice=a.wav bob=b.wav".')
    return Conversation(_existing(audio), samples=samples)


def _existing(file: str) -> Path:
    path = Path(file).expanduser()
    if not path.is_file():
        raise Unusable(f"there is no file {file!r}.")
    return path


def read_rttm(path: Path) -> list[Segment]:
    """Segments of an RTTM file: ``SPEAKER uri channel start duration <NA> <NA> name …``."""
    rows = (line.split() for line in path.read_text().splitlines())
    return [Segment(row[7], float(row[3]), float(row[3]) + float(row[4])) for row in rows if row]


def cut_out(audio: Path, segments: Iterable[Segment]) -> bytes:
    """A WAV file of the given stretches of ``audio``, one after the other."""
    recording = AudioSegment.from_wav(str(audio))
    joined = AudioSegment.empty()
    for segment in segments:
        joined += recording[round(segment.start_seconds * 1000) : round(segment.end_seconds * 1000)]
    buffer = io.BytesIO()
    joined.export(buffer, format="wav")
    return buffer.getvalue()


def own_turns(segments: Iterable[Segment], speaker_id: str | None) -> list[Segment]:
    """The speaker's segments (None: all strangers'), without the stretches where another speaks as well."""
    segments = list(segments)
    own = [segment for segment in segments if segment.speaker_id == speaker_id]
    for other in segments:
        if other.speaker_id != speaker_id:
            own = [piece for segment in own for piece in _without(segment, other)]
    return own


def _without(segment: Segment, cut: Segment) -> list[Segment]:
    before = Segment(segment.speaker_id, segment.start_seconds, min(segment.end_seconds, cut.start_seconds))
    after = Segment(segment.speaker_id, max(segment.start_seconds, cut.end_seconds), segment.end_seconds)
    return [piece for piece in (before, after) if piece.start_seconds < piece.end_seconds]
