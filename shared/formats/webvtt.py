"""WebVTT, the format of captions on the web: a cue a segment, with the speaker as its voice.

Source: W3C, "WebVTT: The Web Video Text Tracks Format".
"""

from collections.abc import Sequence

from shared.domain import Segment


def to_webvtt(segments: Sequence[Segment], recording: str) -> str:  # noqa: ARG001 - a WebVTT file has no name in it
    """The segments as WebVTT cues."""
    cues = (
        f"{_timestamp(segment.start_seconds)} --> {_timestamp(segment.end_seconds)}\n"
        f"<v {segment.name}>{segment.name}</v>\n"
        for segment in segments
    )
    return "\n".join(["WEBVTT\n", *cues])


def _timestamp(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    return (
        f"{milliseconds // 3_600_000:02}:{milliseconds // 60_000 % 60:02}:"
        f"{milliseconds // 1000 % 60:02}.{milliseconds % 1000:03}"
    )
