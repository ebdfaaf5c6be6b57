"""A segment whose speaker was erased."""

from typing import Any

from shared.domain import StrangerReason


def unnamed(segment: dict[str, Any], speaker_id: str) -> dict[str, Any]:
    """A segment, as the ledger keeps it, in which a speaker is a stranger and no candidate."""
    candidates = [one for one in segment.get("candidates", ()) if one.get("speaker_id") != speaker_id]
    left = segment | ({"candidates": candidates} if "candidates" in segment else {})
    if segment["speaker_id"] != speaker_id:
        return left
    # His label as a stranger would tell where else he speaks.
    left = {name: value for name, value in left.items() if name != "stranger"}
    return left | {"speaker_id": None, "confidence": None, "reason": str(StrangerReason.ERASED)}
