"""What is kept of corrections: under seal, for as long as their jobs, and nothing of whom is erased."""

from datetime import UTC, datetime, timedelta

from shared.domain import Dialect
from shared.store import heard_voices, removal, retention
from shared.store.schema import Change, ChangedJob, HeardVoice, now
from tests.store.corrected import ANN, BOB, STRANGER, Desk, segment


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


def test_what_an_erased_speaker_was_called_before_is_forgotten_too(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    desk.name(job_id, "speaker1", "sue")
    desk.rename("sue", "susan")
    desk.rename("susan", "suzanne")
    desk.erase("suzanne")
    assert (desk.count(Change), desk.bodies()) == (0, [])


def test_who_has_the_earlier_id_of_an_erased_speaker_now_keeps_his_changes(desk: Desk) -> None:
    desk.enroll("sue", STRANGER)
    desk.rename("sue", "susan")
    desk.enroll("sue", BOB)
    change = desk.name(desk.heard((None, BOB)), "speaker1", "sue")
    desk.erase("susan")
    assert desk.read(change.id).can_undo


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


def test_a_job_that_is_deleted_leaves_nothing_and_its_change_can_be_undone(desk: Desk) -> None:
    job_id = desk.heard((None, STRANGER))
    change = desk.name(job_id, "speaker1", "sue")
    with desk.services.store.writing() as session:
        removal.remove_job(session, desk.tenant_id, job_id)
    left = [desk.count(one) for one in (ChangedJob, HeardVoice)], desk.bodies()
    desk.undo(change.id)
    assert (left, desk.speakers()) == (([0, 0], []), {})


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
