"""An identification for people and for programs."""

import io
from enum import StrEnum

from rich.console import Console
from rich.table import Table
from rich.text import Text

from client.cli.output import json_text
from client.cli.timeline import clock, colours_of, draw, names_of
from client.resources import Identification, Segment
from client.service import RollcallClient


class Format(StrEnum):
    """What an answer can be written as: the first two for people, the others as the service writes them."""

    TIMELINE = "timeline"
    TABLE = "table"
    JSON = "json"
    RTTM = "rttm"
    WEBVTT = "webvtt"
    TEXTGRID = "textgrid"
    CSV = "csv"
    AUDACITY = "audacity"
    EAF = "eaf"


FOR_PEOPLE = {Format.TIMELINE, Format.TABLE}
# Several of them one after the other are one of them.
JOINABLE = FOR_PEOPLE | {Format.JSON, Format.RTTM}
SUFFIXES = {
    Format.TIMELINE: ".txt",
    Format.TABLE: ".txt",
    Format.JSON: ".json",
    Format.RTTM: ".rttm",
    Format.WEBVTT: ".vtt",
    Format.TEXTGRID: ".TextGrid",
    Format.CSV: ".csv",
    Format.AUDACITY: ".txt",
    Format.EAF: ".eaf",
}


def rendered(
    client: RollcallClient,
    result: Identification,
    recording: str,
    wanted: Format,
    *,
    in_one_line: bool = False,
) -> bytes:
    """The answer in a format, as it goes into a file."""
    if wanted is Format.JSON:
        return (json_text({"recording": recording, **result.raw}, in_one_line=in_one_line) + "\n").encode()
    if wanted in FOR_PEOPLE:
        console = Console(file=io.StringIO(), width=160, no_color=True, highlight=False)
        show(console, result, wanted)
        return console.file.getvalue().encode()  # type: ignore[attr-defined, no-any-return]
    return client.jobs.export(result.job_id, wanted.value, recording=recording)


def show(console: Console, result: Identification, wanted: Format) -> None:
    """Print an answer for a person."""
    if wanted is Format.TABLE:
        console.print(_segments_table(result.segments))
        return
    draw(console, {"": result.segments})
    if result.segments:
        console.print()
        console.print(_voices_table(result.segments))


def _segments_table(segments: tuple[Segment, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("start", "end"):
        table.add_column(column, justify="right")
    for column in ("speaker", "confidence", "why no name"):
        table.add_column(column)
    colours = colours_of(segments)
    for one in segments:
        name = Text(one.name, style=colours[one.name])
        table.add_row(
            clock(one.start_seconds),
            clock(one.end_seconds),
            name,
            _confidence(one),
            (one.reason or "").replace("_", " "),
        )
    return table


def _voices_table(segments: tuple[Segment, ...]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("speaker")
    table.add_column("speech", justify="right")
    table.add_column("share", justify="right")
    table.add_column("confidence", justify="right")
    table.add_column("why no name")
    colours = colours_of(segments)
    whole_seconds = sum(map(_seconds, segments))
    for name in names_of(segments):
        own = [one for one in segments if one.name == name]
        seconds = sum(map(_seconds, own))
        longest = max(own, key=_seconds)
        reason = (longest.reason or "").replace("_", " ")
        share = f"{seconds / whole_seconds:.0%}" if whole_seconds else ""
        table.add_row(Text(name, style=colours[name]), clock(seconds), share, _confidence(longest), reason)
    return table


def _confidence(segment: Segment) -> str:
    """That of a name: beside a reason why there is none, it would be read as the name's."""
    is_named = segment.speaker_id is not None and segment.confidence is not None
    return f"{segment.confidence:.0%}" if is_named else ""


def _seconds(segment: Segment) -> float:
    return segment.end_seconds - segment.start_seconds
