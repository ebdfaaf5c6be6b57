"""Speakers who are renamed or merged: in all that names them, and back again exactly."""

from datetime import datetime
from typing import Any

import pytest

from shared.errors import (
    ChangeBlocked,
    SpeakerBusy,
    SpeakerExists,
    SpeakerNotFound,
)
from shared.store import ledger
from shared.store.called_now import as_called_now
from shared.store.schema import Sample, Speaker, now
from tests.store.corrected import ANN, BOB, CONSENT, MODEL, STRANGER, Desk, segment
from tests.store.stored import Kept


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


def test_a_job_that_waited_during_a_rename_names_rightly_after_the_undo(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    kept = Kept(desk.services.store, desk.tenant_id, desk.services.keyring)
    claim = kept.claimed(["ann"])
    change = desk.rename("ann", "anna")
    with desk.services.store.writing() as session:
        outcome = ledger.Outcome({"segments": [segment("speaker1", 0, "anna")]}, 2.0, MODEL)
        ledger.succeed(session, claim, outcome, desk.services.keyring)
    desk.undo(change.id)
    parameters, _, _ = desk.all_of(claim.job.id)
    assert (desk.names(claim.job.id), parameters["speaker_ids"]) == (["ann"], ["ann"])


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


def test_a_speaker_whom_compared_jobs_look_for_is_not_renamed(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("bob", BOB)
    desk.heard((None, STRANGER), looked_for=["ann"])
    desk.asked_rematch("bob")
    with pytest.raises(SpeakerBusy):
        desk.rename("ann", "anna")


def test_a_speaker_whom_no_compared_job_looks_for_is_renamed(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    desk.enroll("bob", BOB)
    desk.heard((None, STRANGER), looked_for=["ann"])
    desk.asked_rematch("bob", job_ids=(desk.heard((None, STRANGER), looked_for=["bob"]),))
    desk.rename("ann", "anna")
    assert set(desk.speakers()) == {"anna", "bob"}


def test_a_merge_is_not_undone_while_jobs_that_look_for_the_one_are_compared(desk: Desk) -> None:
    for name, voice in (("ann", ANN), ("annie", ANN), ("bob", BOB)):
        desk.enroll(name, voice)
    desk.heard((None, STRANGER), looked_for=["annie"])
    change = desk.merge("ann", "annie")
    desk.asked_rematch("bob")
    with pytest.raises(SpeakerBusy):
        desk.undo(change.id)


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


def test_a_consent_that_was_given_after_a_merge_outlives_its_undo(desk: Desk) -> None:
    newest = CONSENT | {"given_at": "2026-07-01T09:00:00+00:00", "purpose": "Something else."}
    desk.enroll("ann", ANN, consent=CONSENT)
    desk.enroll("annie", ANN, seed=1)
    change = desk.merge("ann", "annie")
    desk.enroll("ann", ANN, seed=2, consent=newest)
    desk.undo(change.id)
    assert {name: kept[1][0] for name, kept in desk.speakers().items()} == {"ann": newest, "annie": None}


@pytest.mark.parametrize("other_id", [None, "annie"])
def test_an_undo_leaves_warnings_that_have_changed_since(desk: Desk, other_id: str | None) -> None:
    desk.enroll("ann", ANN)
    if other_id:
        desk.enroll(other_id, ANN, seed=1)
    desk.enroll("bob", BOB)
    warned = [
        {"code": "sounds_like_another", "score": 3.0, "speaker_id": one} for one in (other_id or "ann", "bob")
    ]
    sample_id = desk.enroll("tom", STRANGER)
    _warn(desk, sample_id, warned)
    change = desk.merge("ann", other_id) if other_id else desk.rename("ann", "anna")
    desk.rename("bob", "bobby")
    desk.undo(change.id)
    assert _warned_of(desk, sample_id) == [other_id or "ann", "bobby"]


def test_a_merge_stands_on_the_naming_of_one_of_the_two(desk: Desk) -> None:
    desk.enroll("ann", ANN)
    naming = desk.name(desk.heard((None, STRANGER)), "speaker1", "annie")
    merge = desk.merge("ann", "annie")
    with pytest.raises(ChangeBlocked, match=merge.id):
        desk.undo(naming.id)


def _warn(desk: Desk, sample_id: str, warnings: list[dict[str, Any]]) -> None:
    with desk.services.store.writing() as session:
        session.get_one(Sample, sample_id).warnings = warnings


def _warned_of(desk: Desk, sample_id: str) -> list[str]:
    """Whom a sample sounds like."""
    with desk.services.store.reading() as session:
        return [one["speaker_id"] for one in session.get_one(Sample, sample_id).warnings or []]


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
