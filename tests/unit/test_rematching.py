"""Strangers of earlier jobs who are compared with a speaker again, by voices made up here."""

import json
from dataclasses import replace
from typing import Any
from weakref import WeakSet

import pytest

from shared.corrections import ChangeKind
from shared.domain import Dialect
from shared.errors import ChangePending
from shared.services import Services
from shared.store import heard_voices, waiting_changes
from shared.store.change_details import Details
from shared.store.changes import ChangeLog
from shared.store.schema import Change, now
from tests.store.conftest import first_tenant
from tests.store.corrected import ANN, MODEL, Desk, segment
from tests.unit.galleries import CALIBRATION, SCORER
from worker.comparing import GALLERIES_KEPT, Comparing
from worker.engine import Engine
from worker.rematching import rematch
from worker.voiceprints.gallery import Gallery

SUE = 7
NO_DIARIZER: Any = None
ENGINE = Engine(MODEL, NO_DIARIZER, SCORER, CALIBRATION)


@pytest.fixture
def desk(services: Services) -> Desk:
    """A tenant with two speakers."""
    made = Desk(services, first_tenant(services.store, services.keyring))
    made.enroll("ann", ANN)
    made.enroll("sue", SUE)
    return made


def rematched(desk: Desk, speaker_id: str = "sue", engine: Engine = ENGINE, **scope: Any) -> Any:
    """The change, after a worker did it."""
    change_id = desk.asked_rematch(speaker_id, **scope)
    rematch(desk.services, engine, change_id)
    return desk.read(change_id)


def test_an_earlier_stranger_gets_the_name(desk: Desk) -> None:
    job_id = desk.heard(("ann", ANN), (None, SUE))
    change = rematched(desk)
    assert (change.state, desk.names(job_id)) == ("done", ["ann", "sue"])


def test_the_name_comes_as_an_identification_gives_it(desk: Desk) -> None:
    job_id = desk.heard((None, SUE))
    rematched(desk)
    (named,) = desk.result(job_id)["segments"]
    assert named["reason"] is None
    assert named["corrected"] is True
    assert named["confidence"] > 0.9
    assert named["candidates"][0]["speaker_id"] == "sue"


def test_a_stranger_who_is_somebody_else_stays_one(desk: Desk) -> None:
    job_id = desk.heard((None, 9))
    assert (rematched(desk).jobs, desk.names(job_id)) == ((), [None])


def test_whoever_has_a_name_keeps_it(desk: Desk) -> None:
    job_id = desk.heard(("ann", SUE))
    rematched(desk)
    assert desk.names(job_id) == ["ann"]


def test_a_stranger_nearer_to_another_whom_the_job_looked_for_stays_one(desk: Desk) -> None:
    job_id = desk.heard((None, ANN))
    rematched(desk)
    assert desk.names(job_id) == [None]


@pytest.mark.parametrize(("margin", "name"), [(1.0, "sue"), (1000.0, None)])
def test_the_margin_to_another_whom_the_job_looked_for_is_kept(
    desk: Desk, margin: float, name: str | None
) -> None:
    settings = desk.services.settings.model_copy(update={"match_margin": margin})
    desk.services = replace(desk.services, settings=settings)
    job_id = desk.heard((None, SUE))
    rematched(desk)
    assert desk.names(job_id) == [name]


def test_a_job_that_asked_to_be_surer_is_asked_so_again(desk: Desk) -> None:
    sure, surest = desk.heard((None, SUE)), desk.heard((None, SUE), threshold=1000.0)
    rematched(desk)
    assert (desk.names(sure), desk.names(surest)) == (["sue"], [None])


def test_a_name_that_only_one_voice_may_have_is_given_once(desk: Desk) -> None:
    job_id = desk.heard(("sue", SUE), (None, SUE), exclusive=True)
    rematched(desk)
    assert desk.names(job_id) == ["sue", None]


@pytest.mark.parametrize("reason", ["too_short", "overlap", "erased"])
def test_who_could_not_be_named_then_is_not_now(desk: Desk, reason: str) -> None:
    job_id = desk.heard((None, SUE), segments=[segment("speaker1", 0, reason=reason)])
    rematched(desk)
    assert desk.names(job_id) == [None]


def test_whom_a_person_called_nobody_stays_that(desk: Desk) -> None:
    job_id = desk.heard(("sue", SUE))
    desk.name(job_id, "sue", None)
    rematched(desk)
    assert desk.names(job_id) == [None]


def test_only_wanted_jobs_are_compared(desk: Desk) -> None:
    wanted, other = desk.heard((None, SUE)), desk.heard((None, SUE))
    rematched(desk, job_ids=(wanted,))
    assert (desk.names(wanted), desk.names(other)) == (["sue"], [None])


def test_only_jobs_since_a_time_are_compared(desk: Desk) -> None:
    earlier = desk.heard((None, SUE))
    since = now()
    later = desk.heard((None, SUE))
    rematched(desk, since=since)
    assert (desk.names(earlier), desk.names(later)) == ([None], ["sue"])


def test_voices_of_another_model_are_not_compared(desk: Desk) -> None:
    job_id = desk.heard((None, SUE))
    rematched(desk, engine=Engine("other@1", NO_DIARIZER, SCORER, CALIBRATION))
    assert desk.names(job_id) == [None]


def test_forgotten_voices_are_not_compared(desk: Desk) -> None:
    job_id = desk.heard((None, SUE))
    with desk.services.store.writing() as session:
        heard_voices.forget_older(session, now())
    rematched(desk)
    assert desk.names(job_id) == [None]


def test_few_galleries_are_kept_and_made_once_for_jobs_one_after_the_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, made = WeakSet[Gallery](), []

    def noted(*of: Any) -> Gallery:
        gallery = Gallery(*of)
        kept.add(gallery)
        made.append(of)
        return gallery

    monkeypatch.setattr("worker.comparing.Gallery", noted)
    job_ids = [desk.heard((None, SUE), looked_for=[f"n{number // 2}"]) for number in range(24)]
    comparing = Comparing(desk.services, ENGINE, desk.tenant_id, "sue")
    comparing.names_in(job_ids)
    assert (len(kept), len(made)) == (GALLERIES_KEPT, len(job_ids) // 2)


@pytest.mark.parametrize("dialect", list(Dialect))
def test_the_webhook_of_a_changed_job_is_told(desk: Desk, dialect: Dialect) -> None:
    desk.heard((None, SUE), dialect=dialect)
    rematched(desk)
    (body,) = map(json.loads, desk.bodies())
    change = body.get("change") or body["data"]["change"]
    assert (change["kind"], change["differences"][0]["after"]["speaker"]) == ("rematch", "sue")


def test_undoing_a_rematch_restores_exactly(desk: Desk) -> None:
    job_ids = [desk.heard(("ann", ANN), (None, SUE)), desk.heard((None, SUE), (None, 9))]
    before = [desk.all_of(job_id) for job_id in job_ids]
    desk.undo(rematched(desk).id)
    assert [desk.all_of(job_id) for job_id in job_ids] == before


def test_naming_and_rematching_are_one_change(desk: Desk) -> None:
    desk.erase("sue")
    first, second = desk.heard((None, SUE)), desk.heard((None, SUE))
    change = desk.name(first, "speaker1", "sue", rematch=True)
    rematch(desk.services, ENGINE, change.id)
    done = desk.read(change.id)
    assert (done.state, done.num_jobs, desk.names(second)) == ("done", 2, ["sue"])


def test_undoing_a_naming_with_its_rematch_restores_all(desk: Desk) -> None:
    desk.erase("sue")
    job_ids = [desk.heard((None, SUE)) for _ in range(2)]
    before = [desk.all_of(job_id) for job_id in job_ids], desk.speakers()
    change = desk.name(job_ids[0], "speaker1", "sue", rematch=True)
    rematch(desk.services, ENGINE, change.id)
    desk.undo(change.id)
    assert ([desk.all_of(job_id) for job_id in job_ids], desk.speakers()) == before


def test_a_further_voice_of_the_named_ones_job_is_part_of_the_change(desk: Desk) -> None:
    desk.erase("sue")
    job_id = desk.heard((None, SUE), (None, SUE))
    before = desk.all_of(job_id)
    change = desk.name(job_id, "speaker1", "sue", rematch=True)
    rematch(desk.services, ENGINE, change.id)
    named, differences = desk.names(job_id), len(desk.read(change.id).jobs[0].differences)
    desk.undo(change.id)
    assert (named, differences, desk.all_of(job_id)) == (["sue", "sue"], 2, before)


def test_what_waits_for_a_worker_is_not_undone(desk: Desk) -> None:
    change_id = desk.asked_rematch("sue")
    with pytest.raises(ChangePending):
        desk.undo(change_id)


def test_a_message_that_comes_twice_changes_nothing_more(desk: Desk) -> None:
    desk.heard((None, SUE))
    change = rematched(desk)
    rematch(desk.services, ENGINE, change.id)
    assert (desk.read(change.id), len(desk.bodies())) == (change, 1)


def test_a_speaker_who_is_gone_meanwhile_gets_no_names(desk: Desk) -> None:
    job_id = desk.heard((None, SUE))
    with desk.services.store.writing() as session:
        log = ChangeLog.of(session, desk.tenant_id, desk.services.keyring)
        change_id = log.add(ChangeKind.REMATCH, Details(("gone",), scope={})).id
        session.get_one(Change, change_id).state = "pending"
    rematch(desk.services, ENGINE, change_id)
    assert (desk.read(change_id).state, desk.names(job_id)) == ("failed", [None])


def test_a_comparison_that_kills_its_worker_is_given_up(desk: Desk) -> None:
    change_id = desk.asked_rematch("sue")
    for _ in range(desk.services.settings.job_attempts):
        with desk.services.store.writing() as session:
            assert waiting_changes.take(session, change_id)
    rematch(desk.services, ENGINE, change_id)
    assert desk.read(change_id).state == "failed"


def test_a_lost_message_is_found_by_the_ledger(desk: Desk) -> None:
    change_id = desk.asked_rematch("sue")
    with desk.services.store.writing() as session:
        assert waiting_changes.overdue(session, now(), 10) == [change_id]
