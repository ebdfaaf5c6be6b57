"""Who speaks when as coloured lanes in the terminal, a lane for each name under a common ruler."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.text import Text

from client.resources import Segment

COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")
STRANGER_COLOUR = "grey62"
SILENCE_COLOUR = "grey30"
MOST_NAME_COLUMNS = 40
FEWEST_COLUMNS, MOST_COLUMNS = 20, 120
TICK_COLUMNS = 10
MINUTE_SECONDS, HOUR_SECONDS = 60, 3600


def draw(console: Console, lanes: Mapping[str, Sequence[Segment]]) -> None:
    """Print each group of segments under its title, for comparison; of one group the title may be empty."""
    everything = [segment for segments in lanes.values() for segment in segments]
    if not everything:
        console.print("  (nobody speaks)")
        return
    title_columns = max(len(title) + 2 if title else 0 for title in lanes)
    labels = {title: _labels(title, title_columns, segments) for title, segments in lanes.items()}
    label_columns = max(len(label) for group in labels.values() for label in group.values()) + 1
    duration_seconds = max(segment.end_seconds for segment in everything)
    columns = max(FEWEST_COLUMNS, min(console.width - label_columns - 4, MOST_COLUMNS))
    colours = colours_of(everything)
    console.print(_ruler(duration_seconds, label_columns, columns), soft_wrap=True)
    for title, segments in lanes.items():
        for name, label in labels[title].items():
            own = [segment for segment in segments if segment.name == name]
            lane = _lane(own, duration_seconds, columns, colours[name])
            console.print(Text(f"  {label:<{label_columns}}") + lane, soft_wrap=True)


def _labels(title: str, title_columns: int, segments: Sequence[Segment]) -> dict[str, str]:
    """What stands before each name's lane; the title before the first."""
    return {
        name: f"{title if number == 0 else '':<{title_columns}}{name[:MOST_NAME_COLUMNS]}"
        for number, name in enumerate(names_of(segments))
    }


def names_of(segments: Sequence[Segment]) -> list[str]:
    """Every name once, speakers before strangers."""
    return sorted(
        {segment.name for segment in segments}, key=lambda name: (_is_stranger(segments, name), name)
    )


def colours_of(segments: Sequence[Segment]) -> dict[str, str]:
    """A colour for each name; strangers share one."""
    known = [name for name in names_of(segments) if not _is_stranger(segments, name)]
    chosen = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(known)}
    return dict.fromkeys(names_of(segments), STRANGER_COLOUR) | chosen


def clock(seconds: float) -> str:
    """12.3 s as 0:12.3, an hour as 1:00:00.0."""
    tenths = round(seconds * 10)
    whole, tenth = divmod(tenths, 10)
    minutes, rest = divmod(whole, MINUTE_SECONDS)
    if whole >= HOUR_SECONDS:
        return f"{minutes // 60}:{minutes % 60:02}:{rest:02}.{tenth}"
    return f"{minutes}:{rest:02}.{tenth}"


def _is_stranger(segments: Sequence[Segment], name: str) -> bool:
    return all(segment.speaker_id is None for segment in segments if segment.name == name)


def _ruler(duration_seconds: float, label_columns: int, columns: int) -> Text:
    marks = [" "] * (columns + TICK_COLUMNS)
    for column in range(0, columns, TICK_COLUMNS):
        seconds = column / columns * duration_seconds
        mark = f"{seconds:.0f}s" if duration_seconds < 10 * MINUTE_SECONDS else clock(seconds)[:-2]
        marks[column : column + len(mark)] = mark
    return Text(" " * (label_columns + 2) + "".join(marks).rstrip(), style="dim")


def _lane(segments: Sequence[Segment], duration_seconds: float, columns: int, colour: str) -> Text:
    lane = Text()
    for speaks in _spoken_columns(segments, duration_seconds, columns):
        lane.append("█" if speaks else "·", style=colour if speaks else SILENCE_COLOUR)
    return lane


def _spoken_columns(segments: Sequence[Segment], duration_seconds: float, columns: int) -> list[bool]:
    """For each column whether somebody speaks in its middle."""
    spoken = [False] * columns
    for segment in segments:
        first, last = (
            edge / duration_seconds * columns - 0.5 for edge in (segment.start_seconds, segment.end_seconds)
        )
        for column in range(max(0, -int(-first // 1)), min(columns, -int(-last // 1))):
            spoken[column] = True
    return spoken
