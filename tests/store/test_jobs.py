"""Submitting jobs and finishing them under claims, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from shared.crypto import KeyRing
from shared.domain import JobKind, JobState
from shared.errors import AudioUnreadable
from shared.store import Store, jobs, ledger
from shared.store.removal import erase_speaker
from shared.store.schema import Delivery, Job, now
from tests.store.conftest import JobMaker
from tests.store.stored import HOOK

RESULT = {"segments": []}
OUTCOME = ledger.Outcome(RESULT, 10.0, "embedded@1")
KEY = b"k" * 32
# As the fixture has it.
KEYRING = KeyRing(b"m" * 32)


def read(store: Store, job_id: str) -> Job:
    with store.reading() as session:
        job = jobs.get(session, job_id)
    assert job
    return job


def claimed(store: Store, job_id: str) -> ledger.Claim:
    with store.writing() as session:
        claim = ledger.claim_next(session, "async")
    assert claim
    assert claim.job.id == job_id
    return claim


COLUMNS = [column.name for column in Job.__table__.columns]


def count(store: Store, table: type) -> int:
    with store.reading() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_a_submitted_job_is_queued(store: Store, make_job: JobMaker) -> None:
    assert read(store, make_job.submitted()).state == JobState.QUEUED


def test_a_request_id_is_taken_only_once(store: Store, make_job: JobMaker) -> None:
    make_job.submitted(request_id="same")
    with store.writing() as session:
        assert jobs.submit(session, make_job.new(request_id="same"), KEYRING) is None


def test_of_jobs_written_together_each_request_id_is_taken_once(store: Store, make_job: JobMaker) -> None:
    make_job.submitted(request_id="before")
    ids = ["before", "same", "same", "other"]
    with store.writing() as session:
        written = jobs.submit_all(session, [make_job.new(request_id=one) for one in ids], KEYRING)
    assert [job is not None for job in written] == [False, True, False, True]


def test_a_job_is_returned_as_it_is_read(store: Store, make_job: JobMaker) -> None:
    with store.writing() as session:
        returned = jobs.submit(session, make_job.new(), KEYRING)
    assert returned
    kept = read(store, returned.id)
    assert {name: getattr(returned, name) for name in COLUMNS} == {
        name: getattr(kept, name) for name in COLUMNS
    }


def test_simultaneous_submissions_of_one_request_id_make_one_job(store: Store, make_job: JobMaker) -> None:
    def submit(_: int) -> bool:
        with store.writing() as session:
            return jobs.submit(session, make_job.new(request_id="same"), KEYRING) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(submit, range(16))) == 1


def test_a_job_is_claimed_by_one_worker_only(store: Store, make_job: JobMaker) -> None:
    make_job.submitted()

    def claim(_: int) -> bool:
        with store.writing() as session:
            return ledger.claim_next(session, "async") is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(16))) == 1


def test_a_claim_counts_the_attempt(store: Store, make_job: JobMaker) -> None:
    assert claimed(store, make_job.submitted()).job.attempts == 1


def test_a_finished_job_cannot_be_claimed(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.succeed(session, claim, OUTCOME, KEYRING)
    with store.writing() as session:
        assert ledger.claim_next(session, "async") is None


def test_a_result_is_kept_with_the_job(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.succeed(session, claim, OUTCOME, KEYRING)
    assert read(store, claim.job.id).result == RESULT


def test_an_error_is_kept_with_the_job(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.fail(session, claim, AudioUnreadable("no audio", field="content"), KEYRING)
    expected = {"code": "audio_unreadable", "message": "no audio", "field": "content"}
    assert read(store, claim.job.id).error == expected


def test_a_result_and_its_webhook_are_one_transaction(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted(webhook_url=HOOK))
    with store.reading() as session:
        ledger.succeed(session, claim, OUTCOME, KEYRING)
        session.rollback()  # as if the worker died before the commit
    assert (read(store, claim.job.id).state, count(store, Delivery)) == (JobState.RUNNING, 0)


def test_a_job_without_webhook_makes_no_delivery(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        assert ledger.succeed(session, claim, OUTCOME, KEYRING) is None


def test_a_worker_that_lost_its_claim_cannot_write(store: Store, make_job: JobMaker) -> None:
    stale = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.recover_stale(session, now() + timedelta(seconds=1), max_attempts=3, keyring=KEYRING)
    claimed(store, stale.job.id)
    with pytest.raises(ledger.ClaimLost), store.writing() as session:
        ledger.succeed(session, stale, OUTCOME, KEYRING)


def test_a_lost_claim_has_no_heartbeat(store: Store, make_job: JobMaker) -> None:
    stale = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.recover_stale(session, now() + timedelta(seconds=1), max_attempts=3, keyring=KEYRING)
    with store.writing() as session:
        assert ledger.beat(session, stale) is False


def test_a_job_with_a_fresh_heartbeat_is_left_to_its_worker(store: Store, make_job: JobMaker) -> None:
    claimed(store, make_job.submitted())
    with store.writing() as session:
        assert (
            ledger.recover_stale(session, now() - timedelta(seconds=20), max_attempts=3, keyring=KEYRING)
            == []
        )


def test_a_silent_workers_job_is_queued_again(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.recover_stale(session, now() + timedelta(seconds=1), max_attempts=3, keyring=KEYRING)
    assert read(store, claim.job.id).state == JobState.QUEUED


def test_a_job_that_loses_every_worker_fails_as_worker_lost(store: Store, make_job: JobMaker) -> None:
    job_id = make_job.submitted(webhook_url=HOOK)
    for _ in range(3):
        claimed(store, job_id)
        with store.writing() as session:
            ledger.recover_stale(session, now() + timedelta(seconds=1), max_attempts=3, keyring=KEYRING)
    error = read(store, job_id).error
    assert error
    assert error["code"] == "worker_lost"


def test_a_job_that_loses_every_worker_still_tells_its_webhook(store: Store, make_job: JobMaker) -> None:
    claimed(store, make_job.submitted(webhook_url=HOOK))
    with store.writing() as session:
        ledger.recover_stale(session, now() + timedelta(seconds=1), max_attempts=1, keyring=KEYRING)
    assert count(store, Delivery) == 1


def test_a_webhook_that_does_not_open_holds_up_no_other_job(store: Store, make_job: JobMaker) -> None:
    shut, sound = (claimed(store, make_job.submitted(webhook_url=HOOK)).job.id for _ in range(2))
    with store.writing() as session:
        session.get_one(Job, shut).sealed_webhook_url = b"x" * 60
    with store.writing() as session:
        moment = now() + timedelta(seconds=1)
        recovered = ledger.recover_stale(session, moment, max_attempts=1, keyring=KEYRING)
    assert ([job.id for job in recovered], read(store, shut).state) == ([sound], JobState.RUNNING)


def test_a_job_that_nobody_takes_is_found(store: Store, make_job: JobMaker) -> None:
    job_id = make_job.submitted()
    with store.writing() as session:
        found = ledger.take_unclaimed(session, "async", now() + timedelta(seconds=1), 0)
    assert found == [(job_id, "identify")]


def test_a_job_that_was_just_queued_is_not_thought_lost(store: Store, make_job: JobMaker) -> None:
    make_job.submitted()
    with store.writing() as session:
        assert ledger.take_unclaimed(session, "async", now() - timedelta(seconds=60), 0) == []


def test_a_job_that_was_sent_again_is_not_thought_lost_at_once(store: Store, make_job: JobMaker) -> None:
    make_job.submitted()
    moment = now()
    for _ in range(2):
        with store.writing() as session:
            found = ledger.take_unclaimed(session, "async", moment, 0)
    assert found == []


def test_a_claim_knows_that_it_ended_its_job(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.succeed(session, claim, OUTCOME, KEYRING)
    with store.reading() as session:
        assert ledger.was_finished_by(session, claim)


def test_a_claim_that_was_lost_did_not_end_its_job(store: Store, make_job: JobMaker) -> None:
    lost = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.give_back(session, lost)
    with store.writing() as session:
        ledger.succeed(session, claimed(store, lost.job.id), OUTCOME, KEYRING)
    with store.reading() as session:
        assert not ledger.was_finished_by(session, lost)


def test_audio_of_an_unfinished_job_is_needed(store: Store, make_job: JobMaker) -> None:
    job_id = make_job.submitted()
    with store.reading() as session:
        assert jobs.needing_audio(session, [job_id, "nobody's"], now()) == {job_id}


def test_audio_of_an_ended_job_is_needed_while_it_is_retained(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.succeed(session, claim, OUTCOME, KEYRING)
    hour = timedelta(hours=1)
    with store.reading() as session:
        kept = [jobs.needing_audio(session, [claim.job.id], now() + shift) for shift in (-hour, hour)]
    assert kept == [{claim.job.id}, set()]


def test_two_sweeps_at_once_do_not_take_the_same_stale_job(
    postgres_store: Store, postgres_jobs: JobMaker
) -> None:
    claimed(postgres_store, postgres_jobs.submitted())
    moment = now() + timedelta(seconds=1)
    with postgres_store.writing() as first, postgres_store.writing() as second:
        found = [
            len(ledger.recover_stale(session, moment, max_attempts=3, keyring=KEYRING))
            for session in (first, second)
        ]
    assert found == [1, 0]


def test_a_refused_job_leaves_no_row(store: Store, make_job: JobMaker) -> None:
    job_id = make_job.submitted()
    with store.writing() as session:
        jobs.forget(session, job_id)
    assert count(store, Job) == 0


def test_a_job_with_a_webhook_to_deliver_is_not_forgotten(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted(webhook_url=HOOK))
    with store.writing() as session:
        ledger.fail(session, claim, AudioUnreadable("no audio"), KEYRING)
    with store.writing() as session:
        jobs.forget(session, claim.job.id)
    assert count(store, Job) == 1


def test_a_job_that_is_given_back_counts_no_attempt(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.give_back(session, claim)
    job = read(store, claim.job.id)
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_a_canceled_job_takes_its_workers_claim(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        jobs.cancel(session, claim.job.tenant_id, claim.job.id)
    with store.writing() as session:
        assert ledger.beat(session, claim) is False


def test_a_finished_job_cannot_be_canceled(store: Store, make_job: JobMaker) -> None:
    claim = claimed(store, make_job.submitted())
    with store.writing() as session:
        ledger.succeed(session, claim, OUTCOME, KEYRING)
    with store.writing() as session:
        assert jobs.cancel(session, claim.job.tenant_id, claim.job.id) is False


def test_erasing_a_speaker_cancels_his_open_enrolments(
    store: Store, tenant_id: str, make_job: JobMaker
) -> None:
    new = replace(make_job.new(), kind=JobKind.ENROLL, parameters={"speaker_id": "carol"})
    with store.writing() as session:
        jobs.submit(session, new, KEYRING)
    with store.writing() as session:
        erase_speaker(session, tenant_id, "carol", KEY)
    assert read(store, new.id).state == JobState.CANCELED


def test_erasing_a_speaker_leaves_others_enrolments(store: Store, tenant_id: str, make_job: JobMaker) -> None:
    new = replace(make_job.new(), kind=JobKind.ENROLL, parameters={"speaker_id": "dave"})
    with store.writing() as session:
        jobs.submit(session, new, KEYRING)
    with store.writing() as session:
        erase_speaker(session, tenant_id, "carol", KEY)
    assert read(store, new.id).state == JobState.QUEUED
