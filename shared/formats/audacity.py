"""Label tracks of the sound editor Audacity: a line a segment, with tabs between start, end and name.

Source: Audacity's manual, "Importing and Exporting Labels".
"""

from collections.abc import Sequence

from shared.domain import Segment


def to_audacity(segments: Sequence[Segment], recording: str) -> str:  # noqa: ARG001 - the file's name says it
    """The segments as labels, seconds with six digits as Audacity writes them."""
    return "".join(
        f"{segment.start_seconds:.6f}\t{segment.end_seconds:.6f}\t{segment.name}\n" for segment in segments
    )
