"""RTTM, the format that diarization is scored in.

One line a segment: ``SPEAKER recording channel start duration <NA> <NA> name <NA> <NA>``; fields are
separated by blanks, so neither names nor recordings may have any. Source: NIST, "The 2009 (RT-09) Rich
Transcription Meeting Recognition Evaluation Plan", appendix A.
"""

from collections.abc import Sequence

from shared.domain import Segment


def to_rttm(segments: Sequence[Segment], recording: str) -> str:
    """The segments as RTTM, seconds with three digits."""
    name = "_".join(recording.split()) or "recording"
    return "".join(
        f"SPEAKER {name} 1 {segment.start_seconds:.3f} {segment.end_seconds - segment.start_seconds:.3f} "
        f"<NA> <NA> {segment.name} <NA> <NA>\n"
        for segment in segments
    )
