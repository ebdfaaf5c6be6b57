"""A segment in the ledger."""

from shared.domain import Candidate, Segment, StrangerReason

STRANGER = Segment(
    0.5, 1.25, "speaker1", None, 0.61, StrangerReason.BELOW_THRESHOLD, (Candidate("ann", -4.25, "telephone"),)
)
OF_AN_OLDER_VERSION = {
    "start_seconds": 0.5,
    "end_seconds": 1.25,
    "label": "speaker1",
    "speaker_id": None,
    "cosine_score": 0.61,
    "candidates": [{"speaker_id": "ann", "cosine_score": 0.61}],
}


def test_a_segment_comes_back_from_the_ledger_as_it_was() -> None:
    assert Segment.from_json(STRANGER.to_json()) == STRANGER


def test_a_reason_is_kept_as_a_word() -> None:
    assert STRANGER.to_json()["reason"] == "below_threshold"


def test_candidates_are_kept_with_their_scores() -> None:
    assert STRANGER.to_json()["candidates"] == [
        {"speaker_id": "ann", "score": -4.25, "exemplar": "telephone"}
    ]


def test_a_segment_of_an_older_version_has_no_reason() -> None:
    assert Segment.from_json(OF_AN_OLDER_VERSION).reason is None


def test_a_segment_of_an_older_version_has_no_candidates() -> None:
    assert Segment.from_json(OF_AN_OLDER_VERSION).candidates == ()
