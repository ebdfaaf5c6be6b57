"""What a command is given to listen to: files, folders, addresses, standard input."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from client.cli.complaints import Complaint
from client.uploads import Audio, url_of

STANDARD_INPUT = "-"
# What the service takes as a recording's name.
MOST_NAME_CHARACTERS = 200
# In a folder, files with other endings are not taken for recordings. One that is named is sent as it is.
_SOUND = "aac ac3 aif aiff amr au caf eac3 flac m4a m4b mka mp2 mp3 oga ogg opus tta w64 wav wma wv"
_FILM = "3gp avi flv mkv mov mp4 mpeg mpg ts webm"
SUFFIXES = frozenset(f".{ending}" for ending in (_SOUND + " " + _FILM).split())


@dataclass(frozen=True)
class Recording:
    """Audio, the name it is shown by, and where below a folder of results its own goes, without ending."""

    audio: Audio
    name: str
    place: Path

    @property
    def stem(self) -> str:
        """The name that formats tell."""
        return printable(self.place.name)[:MOST_NAME_CHARACTERS]


def find_recordings(inputs: Sequence[str]) -> list[Recording]:
    """The recordings of all inputs, each once. Raises Complaint for an input without any."""
    found: dict[object, Recording] = {}
    for text in inputs:
        for one in _recordings_of(text):
            found.setdefault(one.audio if isinstance(one.audio, str | Path) else one.name, one)
    return _with_places_of_their_own(list(found.values()))


def printable(name: str) -> str:
    """A file's name without what would be no text, or would steer the terminal."""
    text = name.encode(errors="replace").decode()
    return "".join(one if one.isprintable() else "?" for one in text)


def is_folder(text: str) -> bool:
    """Whether an input may have more than one recording."""
    return url_of(text) is None and Path(text).is_dir()


def _recordings_of(text: str) -> list[Recording]:
    if text == STANDARD_INPUT:
        return [_standard_input()]
    if url_of(text) is not None:
        name = PurePosixPath(unquote(urlsplit(text).path)).name or "recording"
        return [Recording(text, printable(text), Path(Path(name).stem))]
    path = Path(text)
    if not path.is_dir():
        if not path.exists():
            raise Complaint(f"There is no file {printable(text)}.")
        return [Recording(path, printable(text), Path(path.stem))]
    found = [
        Recording(one, printable(str(one)), one.relative_to(path).with_suffix("")) for one in _in_folder(path)
    ]
    if not found:
        raise Complaint(
            f"The folder {text} has no recordings: no files with an ending of sound, as .wav, .mp3 or .m4a."
        )
    return found


def _in_folder(folder: Path) -> Iterator[Path]:
    """Recordings at any depth, by name; what is hidden is left out."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and not hidden and path.is_file():
            yield path


def _standard_input() -> Recording:
    if sys.stdin.isatty():
        raise Complaint(
            "Standard input is a terminal; send a recording into it, as in: cat talk.wav | rollcall …"
        )
    return Recording(sys.stdin.buffer, "standard input", Path("stdin"))


def _with_places_of_their_own(recordings: list[Recording]) -> list[Recording]:
    """Of talk.wav and talk.mp3 the endings stay, so that one result does not overwrite the other."""
    taken = Counter(one.place for one in recordings)
    kept: set[Path] = set()
    placed = []
    for one in recordings:
        place = one.place
        if taken[place] > 1 and isinstance(one.audio, Path):
            place = place.with_name(one.audio.name)
        number = 2
        while place in kept:
            place = one.place.with_name(f"{one.place.name}-{number}")
            number += 1
        kept.add(place)
        placed.append(replace(one, place=place))
    return placed
