"""Voices that are named after jobs have ended: what changes, and that it can be undone exactly."""

import json
from datetime import timedelta

import pytest

from shared.domain import Dialect
from shared.errors import (
    ChangeBlocked,
    ChangeNotFound,
    ChangeUndone,
    ConsentRequired,
    IdempotencyKeyReused,
    InsufficientSpeech,
    JobNotFound,
    SpeakerNotFound,
    VoiceNotFound,
    VoicesNotKept,
)
from shared.store import job_voices, retention
from shared.store.schema import Change, Sample, now
from tests.store.corrected import ANN, BOB, CONSENT, SECONDS, STRANGER, Desk, segment


def test_a_strangers_segments_get_the_name(desk: Desk) -> None:
    job_id = desk.heard(("ann", ANN), (None, STRANGER))
    desk.name(job_id, "speaker2", "sue")
    named = desk.result(job_id)["segments"][1]
    assert {name: named[name] for name in ("speaker_id", "reason", "confidence", "corrected")} == {
        "speaker_id": "sue",
        "reason": None,
        "confidence": None,
        "corrected": True,
    }


def test_other_voices_stay_as_they_are(desk: Desk) -> None:
    job_id = desk.heard(("ann", ANN), (None, STRANGER))
    before = desk.result(job_id)["segments"][0]
    desk.name(job_id, "speaker2", "sue")
    assert desk.result(job_id)["segments"][0] == before


def test_a_change_tells_what_differs(desk: Desk) -> None:
    job_id = desk.heard(("ann", ANN), (None, STRANGER))
    change = desk.name(job_id, "speaker2", "sue")
    (job,) = change.jobs
    (one,) = job.differences
    assert (job.job_id, one.start_seconds, one.before.speaker_id, one.after.speaker_id) == (
        job_id,
        SECONDS,
        None,
        "sue",
    )


def test_a_named_voice_is_enrolled_without_audio(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    desk.name(job_id, "speaker1", "sue")
    assert set(desk.speakers()) == {"sue"}


def test_a_name_may_be_given_without_enrolling(desk: Desk) -> None:
    desk.enroll("sue", STRANGER)
    job_id = desk.heard((None, STRANGER))
    desk.name(job_id, "speaker1", "sue", enroll=False)
    assert (desk.names(job_id), desk.count(Sample)) == (["sue"], 1)


def test_who_is_not_enrolled_gets_no_voice_without_enrolling(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    with pytest.raises(SpeakerNotFound):
        desk.name(job_id, "speaker1", "sue", enroll=False)


def test_a_wrong_name_is_taken_back(desk: Desk) -> None:
    job_id = desk.heard(("ann", STRANGER), ("ann", ANN))
    desk.name(job_id, "ann", None)
    assert desk.names(job_id) == [None, None]


def test_a_named_voice_may_be_told_by_its_label(desk: Desk) -> None:
    desk.enroll("bob", BOB)
    job_id = desk.heard(("ann", ANN), ("ann", BOB))
    desk.name(job_id, "speaker2", "bob")
    assert desk.names(job_id) == ["ann", "bob"]


def test_a_voice_that_is_not_there_is_refused_with_those_that_are(desk: Desk) -> None:
    job_id = desk.heard(("ann", ANN), (None, STRANGER))
    with pytest.raises(VoiceNotFound, match="ann, speaker2"):
        desk.name(job_id, "speaker9", "sue")


def test_another_tenants_job_is_not_found(desk: Desk) -> None:
    with pytest.raises(JobNotFound):
        desk.name("0" * 36, "speaker1", "sue")


def test_without_kept_voices_a_refusal_says_how_to_name_all_the_same(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    with desk.services.store.writing() as session:
        job_voices.forget_older(session, now() + timedelta(days=1))
    with pytest.raises(VoicesNotKept, match="enroll false"):
        desk.name(job_id, "speaker1", "sue")


def test_too_little_speech_is_not_enrolled_and_nothing_is_changed(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER), segments=[segment("speaker1", 0, end_seconds=3.0)])
    with pytest.raises(InsufficientSpeech, match="enroll false"):
        desk.name(job_id, "speaker1", "sue")
    assert (desk.names(job_id), desk.count(Change)) == ([None], 0)


def test_a_tenant_that_requires_consent_enrols_no_named_voice_without(desk: Desk) -> None:
    with desk.services.store.writing() as session:
        retention.set_policy(session, desk.tenant_id, requires_consent=True)
    job_id = desk.heard((None, STRANGER))
    with pytest.raises(ConsentRequired):
        desk.name(job_id, "speaker1", "sue")
    assert desk.name(job_id, "speaker1", "sue", consent=CONSENT).can_undo


def test_the_same_key_names_once(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    first, again = (desk.name(job_id, "speaker1", "sue", "key") for _ in range(2))
    assert (first.id, desk.count(Sample)) == (again.id, 1)


def test_the_same_key_with_another_request_is_refused(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    desk.name(job_id, "speaker1", "sue", "key")
    with pytest.raises(IdempotencyKeyReused):
        desk.name(job_id, "speaker1", "tom", "key")


def test_undoing_a_naming_restores_result_and_speakers_exactly(desk: Desk) -> None:
    desk.enroll("ann", ANN, consent=CONSENT)
    job_id = desk.heard(("ann", ANN), (None, STRANGER))
    before = desk.all_of(job_id), desk.speakers()
    later = CONSENT | {"purpose": "Something else."}
    first = desk.name(job_id, "speaker2", "sue")
    second = desk.name(job_id, "ann", "ann", consent=later)
    desk.undo(second.id)
    desk.undo(first.id)
    assert (desk.all_of(job_id), desk.speakers()) == before


def test_a_speaker_who_was_enrolled_since_outlives_the_undone_naming(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    change = desk.name(job_id, "speaker1", "sue")
    kept = desk.enroll("sue", STRANGER)
    desk.undo(change.id)
    assert [sample_id for sample_id, _ in desk.speakers()["sue"][0]] == [kept]


def test_an_undo_tells_the_reverse(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    change = desk.name(job_id, "speaker1", "sue")
    undone = desk.undo(change.id)
    (one,) = undone.jobs[0].differences
    assert (undone.kind, undone.undoes, one.before.speaker_id, one.after.speaker_id) == (
        "undo",
        change.id,
        "sue",
        None,
    )


def test_nothing_is_undone_twice(desk: Desk) -> None:
    change = desk.name(desk.heard((None, STRANGER)), "speaker1", "sue")
    desk.undo(change.id)
    with pytest.raises(ChangeUndone):
        desk.undo(change.id)


def test_an_undo_is_not_undone(desk: Desk) -> None:
    undone = desk.undo(desk.name(desk.heard((None, STRANGER)), "speaker1", "sue").id)
    with pytest.raises(ChangeUndone):
        desk.undo(undone.id)


def test_a_later_naming_of_the_same_voice_blocks_and_is_named(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    first = desk.name(job_id, "speaker1", "sue")
    second = desk.name(job_id, "sue", "tom")
    with pytest.raises(ChangeBlocked, match=second.id):
        desk.undo(first.id)


def test_a_blocked_change_says_so(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    first = desk.name(job_id, "speaker1", "sue")
    second = desk.name(job_id, "sue", "tom")
    assert (desk.read(first.id).can_undo, desk.read(first.id).blocked_by) == (False, second.id)


def test_another_voice_of_the_same_job_does_not_block(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER), (None, BOB))
    first = desk.name(job_id, "speaker1", "sue")
    desk.name(job_id, "speaker2", "bob")
    desk.undo(first.id)
    assert desk.names(job_id) == [None, "bob"]


def test_an_undone_change_blocks_no_more(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    first = desk.name(job_id, "speaker1", "sue")
    desk.undo(desk.name(job_id, "sue", "tom").id)
    desk.undo(first.id)
    assert desk.names(job_id) == [None]


def test_a_list_tells_of_each_change_what_stands_on_it(desk: Desk) -> None:
    job_id, other = desk.heard((None, STRANGER), (None, BOB)), desk.heard((None, ANN), looked_for=["tom"])
    first = desk.name(job_id, "speaker1", "sue")
    beside = desk.name(job_id, "speaker2", "bob")
    second = desk.name(job_id, "sue", "tom")
    third = desk.name(job_id, "tom", "ann")
    desk.undo(third.id)
    alone = desk.name(other, "speaker1", "ann")
    renamed = desk.rename("tom", "tommy")
    blocked_by = {one.id: one.blocked_by for one in desk.listed()}
    assert blocked_by == {
        first.id: second.id,
        beside.id: None,
        second.id: renamed.id,
        third.id: None,
        desk.listed()[2].id: None,
        alone.id: None,
        renamed.id: None,
    }
    assert [desk.read(one.id) for one in desk.listed()] == desk.listed()


def test_an_unknown_change_is_not_found(desk: Desk) -> None:
    with pytest.raises(ChangeNotFound):
        desk.undo("0" * 36)


def test_a_changed_jobs_webhook_is_told_the_difference(desk: Desk) -> None:
    job_id = desk.heard(("ann", ANN), (None, STRANGER))
    change = desk.name(job_id, "speaker2", "sue")
    (body,) = map(json.loads, desk.bodies())
    assert (body["type"], body["data"]["id"], body["data"]["change"]) == (
        "job.corrected",
        job_id,
        {
            "id": change.id,
            "kind": "naming",
            "speaker": "sue",
            "other": None,
            "undoes": None,
            "differences": [
                {
                    "start": SECONDS,
                    "end": 2 * SECONDS,
                    "before": {"speaker": None, "label": "speaker2"},
                    "after": {"speaker": "sue", "label": "speaker2"},
                }
            ],
        },
    )


def test_in_dialect_1_it_is_the_outcome_again_with_the_change(desk: Desk) -> None:
    job_id = desk.heard(("ann", ANN), (None, STRANGER), dialect=Dialect.DEEPAFFECTS)
    desk.name(job_id, "speaker2", "sue")
    (body,) = map(json.loads, desk.bodies())
    named = [one["speaker_id"] for one in body["response"]["segments"]]
    assert (body["request_id"], named, body["change"]["speaker"]) == (job_id, ["ann", "sue"], "sue")


def test_a_job_without_webhook_tells_nobody(desk: Desk) -> None:
    desk.name(desk.heard((None, STRANGER), webhook=None), "speaker1", "sue")
    assert desk.bodies() == []
