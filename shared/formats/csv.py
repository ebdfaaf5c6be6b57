"""CSV for spreadsheets: a row a segment, under a row of names. Source: RFC 4180."""

import csv
import io
from collections.abc import Sequence

from shared.domain import Segment

COLUMNS = ("start_seconds", "end_seconds", "speaker", "label", "confidence")


def to_csv(segments: Sequence[Segment], recording: str) -> str:  # noqa: ARG001 - the file's name says it
    """The segments as CSV; ``speaker`` is empty for a stranger, whom ``label`` still names."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(COLUMNS)
    for segment in segments:
        confidence = "" if segment.confidence is None else f"{segment.confidence:.3f}"
        times = (f"{segment.start_seconds:.3f}", f"{segment.end_seconds:.3f}")
        rows.writerow((*times, segment.speaker_id or "", segment.label, confidence))
    return buffer.getvalue()
