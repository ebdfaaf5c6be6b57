"""Answers in the formats of other people's tools."""

from collections.abc import Callable, Sequence

from shared.domain import Segment
from shared.formats.audacity import to_audacity
from shared.formats.csv import to_csv
from shared.formats.eaf import to_eaf
from shared.formats.rttm import to_rttm
from shared.formats.textgrid import to_textgrid
from shared.formats.webvtt import to_webvtt

Writer = Callable[[Sequence[Segment], str], str]

FORMATS: dict[str, tuple[str, Writer]] = {
    "rttm": ("text/x-rttm", to_rttm),
    "webvtt": ("text/vtt", to_webvtt),
    "textgrid": ("text/x-textgrid", to_textgrid),
    "csv": ("text/csv", to_csv),
    "audacity": ("text/tab-separated-values", to_audacity),
    "eaf": ("text/x-eaf+xml", to_eaf),
}
"""By name: the media type, and the writer of segments under the recording's name."""

__all__ = ["FORMATS", "Writer", "to_audacity", "to_csv", "to_eaf", "to_rttm", "to_textgrid", "to_webvtt"]
