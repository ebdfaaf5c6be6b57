"""Names that are corrected after jobs have ended: what changes, and that it can be taken back exactly."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.crypto import KeyRing
from shared.domain import Dialect
from shared.errors import (
    ChangeBlocked,
    ChangeNotFound,
    ChangeUndone,
    ConsentRequired,
    IdempotencyKeyReused,
    InsufficientSpeech,
    JobNotFound,
    SpeakerBusy,
    SpeakerExists,
    SpeakerNotFound,
    VoiceNotFound,
    VoicesNotKept,
)
from shared.services import make_services
from shared.settings import Settings
from shared.store import Store, heard_voices, job_voices, retention
from shared.store.called_now import as_called_now
from shared.store.schema import Change, ChangedJob, HeardVoice, Sample, Speaker, now
from tests.store.conftest import first_tenant
from tests.store.corrected import Desk, segment
from tests.store.stored import Kept

ANN, BOB, STRANGER = 1, 2, 7
CONSENT = {
    "given_by": "Ann",
    "given_at": "2026-05-04T09:00:00+00:00",
    "purpose": "Minutes.",
    "expires_at": None,
}


@pytest.fixture
def desk(store: Store, keyring: KeyRing, tmp_path: Path) -> Desk:
    settings = Settings(_env_file=None, data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")  # type: ignore[call-arg]
    services = replace(make_services(settings), store=store, keyring=keyring)
    return Desk(services, first_tenant(store, keyring))


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
        13.0,
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
                    "start": 13.0,
                    "end": 26.0,
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


def test_a_renamed_speaker_is_renamed_where_he_is_named(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    job_id = desk.heard(("ann", ANN), (None, STRANGER))
    desk.rename("ann", "anna")
    assert (desk.names(job_id), set(desk.speakers())) == (["anna", None], {"anna"})


def test_a_renamed_speaker_is_looked_for_under_his_new_id(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    job_id = desk.heard((None, STRANGER))
    desk.rename("ann", "anna")
    assert desk.all_of(job_id)[0]["speaker_ids"] == ["anna"]


def test_undoing_a_rename_restores_exactly(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    warned = [{"code": "sounds_like_another", "score": 3.0, "speaker_id": "ann"}]
    _warn(desk, desk.enroll("bob", BOB), warned)
    # Somebody who was called so before, and was erased, stays called so.
    job_ids = [desk.heard(("ann", ANN)), desk.heard(("anna", BOB), looked_for=["anna"])]
    before = [desk.all_of(job_id) for job_id in job_ids], desk.speakers()
    desk.undo(desk.rename("ann", "anna").id)
    assert ([desk.all_of(job_id) for job_id in job_ids], desk.speakers()) == before


def test_what_named_a_renamed_speaker_since_names_him_right_after_the_undo(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    change = desk.rename("ann", "anna")
    since = desk.heard(("anna", ANN), looked_for=["anna"])
    desk.undo(change.id)
    assert (desk.names(since), desk.all_of(since)[0]["speaker_ids"]) == (["ann"], ["ann"])


def test_who_was_renamed_while_he_was_being_found_is_named_rightly(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    begun = now()
    found = {"segments": [segment("speaker1", 0, "ann")]}
    change = desk.rename("ann", "anna")
    renamed = _called_now(desk, found, begun)
    desk.undo(change.id)
    assert (renamed, _called_now(desk, found, begun)) == ("anna", "ann")


def _called_now(desk: Desk, found: dict[str, Any], begun: datetime) -> str:
    with desk.services.store.reading() as session:
        called = as_called_now(session, desk.tenant_id, found, begun, desk.services.keyring)
    return str(called["segments"][0]["speaker_id"])


def test_an_id_that_is_taken_is_refused(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("bob", BOB)
    with pytest.raises(SpeakerExists):
        desk.rename("ann", "bob")


def test_an_id_that_was_taken_since_keeps_a_rename(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    change = desk.rename("ann", "anna")
    desk.enroll("ann", BOB)
    with pytest.raises(SpeakerExists):
        desk.undo(change.id)


def test_a_speaker_who_is_being_enrolled_is_not_renamed(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    Kept(desk.services.store, desk.tenant_id, desk.services.keyring).queued_enrolment("ann")
    with pytest.raises(SpeakerBusy):
        desk.rename("ann", "anna")


def test_a_speaker_whom_a_worker_compares_is_not_renamed(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.asked_rematch("ann")
    with pytest.raises(SpeakerBusy):
        desk.rename("ann", "anna")


def test_a_merged_speakers_voiceprints_open_as_the_others(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("annie", ANN, seed=1)
    voiceprints = sorted(one for kept in desk.speakers().values() for one in kept[3])
    desk.merge("ann", "annie")
    assert {name: kept[3] for name, kept in desk.speakers().items()} == {"ann": voiceprints}


def test_a_merge_names_the_one_who_stays(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("annie", ANN, seed=1)
    looked_for = ["ann", "annie"]
    candidates = [{"speaker_id": one, "score": 3.0, "exemplar": "wideband"} for one in ("annie", "ann")]
    found = [segment("speaker1", 0, "annie", candidates=candidates)]
    job_id = desk.heard(("annie", ANN), looked_for=looked_for, segments=found)
    desk.merge("ann", "annie")
    (merged,) = desk.result(job_id)["segments"]
    assert (merged["speaker_id"], len(merged["candidates"]), desk.all_of(job_id)[0]["speaker_ids"]) == (
        "ann",
        1,
        ["ann"],
    )


def test_the_later_consent_of_two_who_are_one_holds(desk: Desk) -> None:
    later = CONSENT | {"given_at": "2026-06-01T09:00:00+00:00"}
    desk.enroll("ann", ANN, consent=CONSENT)
    desk.enroll("annie", ANN, consent=later)
    desk.merge("ann", "annie")
    assert desk.speakers()["ann"][1][0] == later


def test_undoing_a_merge_restores_exactly(desk: Desk) -> None:
    like_annie = [{"code": "sounds_like_another", "score": 3.0, "speaker_id": "annie"}]
    _warn(desk, desk.enroll("ann", ANN, consent=CONSENT), like_annie)
    desk.enroll("annie", ANN, seed=1, consent=CONSENT | {"expires_at": "2099-01-01T00:00:00+00:00"})
    _warn(desk, desk.enroll("bob", BOB), like_annie)
    job_ids = [desk.heard(("annie", ANN), looked_for=["ann", "annie"]), desk.heard(("ann", ANN))]
    before = [desk.all_of(job_id) for job_id in job_ids], desk.speakers()
    desk.undo(desk.merge("ann", "annie").id)
    assert ([desk.all_of(job_id) for job_id in job_ids], desk.speakers()) == before


def test_a_merge_stands_on_the_naming_of_one_of_the_two(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    naming = desk.name(desk.heard((None, STRANGER)), "speaker1", "annie")
    merge = desk.merge("ann", "annie")
    with pytest.raises(ChangeBlocked, match=merge.id):
        desk.undo(naming.id)


def _warn(desk: Desk, sample_id: str, warnings: list[dict[str, Any]]) -> None:
    with desk.services.store.writing() as session:
        session.get_one(Sample, sample_id).warnings = warnings


def test_an_erased_speaker_leaves_no_change_and_no_webhook_of_one(desk: Desk) -> None:
    desk.name(desk.heard((None, STRANGER)), "speaker1", "sue")
    desk.erase("sue")
    assert (desk.count(Change), desk.count(ChangedJob), desk.bodies()) == (0, 0, [])


def test_an_erased_speakers_name_does_not_come_back_by_an_undo(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("bob", BOB)
    job_id = desk.heard(("ann", BOB))
    change = desk.name(job_id, "ann", "bob", enroll=False)
    desk.erase("ann", results=True)
    desk.undo(change.id)
    assert (desk.names(job_id), desk.result(job_id)["segments"][0]["reason"]) == ([None], "erased")


def test_an_erased_speakers_name_goes_from_webhooks_of_changes(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("bob", BOB)
    for dialect in Dialect:
        desk.name(desk.heard(("ann", BOB), dialect=dialect), "ann", "bob", enroll=False)
    desk.erase("ann", results=True)
    assert [b'"ann"' in body for body in desk.bodies()] == [False, False]


def test_an_erased_speakers_other_half_of_a_merge_is_forgotten(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("annie", ANN)
    desk.merge("ann", "annie")
    desk.erase("ann")
    assert (desk.count(Change), desk.speakers()) == (0, {})


def test_an_erased_stranger_of_a_label_loses_it(desk: Desk) -> None:
    desk.enroll("sue", STRANGER)
    found = [segment("speaker1", 0, "sue", stranger="stranger-0")]
    job_id = desk.heard(("sue", STRANGER), segments=found)
    desk.erase("sue", results=True)
    assert ("stranger" in desk.result(job_id)["segments"][0], desk.count(HeardVoice)) == (False, 0)


def test_a_job_that_is_kept_no_longer_takes_its_changes_and_voices_along(desk: Desk) -> None:
    desk.name(desk.heard((None, STRANGER)), "speaker1", "sue")
    with desk.services.store.writing() as session:
        retention.set_policy(session, desk.tenant_id, results_days=7)
        retention.forget_old_results(session, now() + timedelta(days=8), 100)
    assert [desk.count(one) for one in (Change, ChangedJob, HeardVoice)] == [0, 0, 0]


def test_voices_are_forgotten_in_time(desk: Desk) -> None:
    desk.heard((None, STRANGER))
    desk.age(HeardVoice, datetime(2026, 1, 1, tzinfo=UTC))
    with desk.services.store.writing() as session:
        heard_voices.forget_older(session, datetime(2026, 1, 2, tzinfo=UTC))
    assert desk.count(HeardVoice) == 0


def test_a_named_voice_is_no_stranger_until_that_is_undone(desk: Desk) -> None:
    found = [segment("speaker1", 0, stranger="stranger-0")]
    job_id = desk.heard((None, STRANGER), segments=found)
    change = desk.name(job_id, "stranger-0", "sue")
    called = _strangers(desk)
    desk.undo(change.id)
    assert (called, _strangers(desk)) == ([None], ["stranger-0"])


def _strangers(desk: Desk) -> list[str | None]:
    with desk.services.store.reading() as session:
        return [one.stranger for one in session.query(HeardVoice)]


def test_no_name_stands_in_a_change_in_clear(desk: Desk) -> None:
    desk.name(desk.heard((None, STRANGER)), "speaker1", "sue")
    with desk.services.store.reading() as session:
        rows = [str(vars(one)) for table in (Change, ChangedJob) for one in session.query(table)]
    assert [row for row in rows if "sue" in row] == []


def test_speakers_of_another_tenant_are_not_found(desk: Desk) -> None:
    with desk.services.store.writing() as session:
        wrapped = desk.services.keyring.new_wrapped_key("other")
        session.execute(
            Speaker.metadata.tables["tenants"]
            .insert()
            .values(id="other", name="other", wrapped_key=wrapped, requires_consent=False, created_at=now())
        )
    desk.enroll("ann", ANN)
    with pytest.raises(SpeakerNotFound):
        Desk(desk.services, "other").rename("ann", "anna")
