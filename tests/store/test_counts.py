"""What waits, and since when, by the ledger."""

from datetime import timedelta

from sqlalchemy import update

from shared.crypto import KeyRing
from shared.domain import DeliveryState
from shared.store import Store, counts, dispatch, ledger
from shared.store.counts import JobCount
from shared.store.schema import Job, now
from tests.store.conftest import JobMaker
from tests.store.stored import HOOK


def unfinished(store: Store) -> dict[str, JobCount]:
    with store.reading() as session:
        return {one.state: one for one in counts.unfinished_jobs(session)}


def test_waiting_and_running_jobs_are_counted_apart(store: Store, make_job: JobMaker) -> None:
    for _ in range(3):
        make_job.submitted()
    with store.writing() as session:
        ledger.claim_next(session, "async")
    found = unfinished(store)
    assert {state: one.number for state, one in found.items()} == {"queued": 2, "running": 1}


def test_a_job_that_has_ended_is_not_counted(store: Store, make_job: JobMaker, keyring: KeyRing) -> None:
    make_job.submitted()
    with store.writing() as session:
        claim = ledger.claim_next(session, "async")
        assert claim
        ledger.succeed(session, claim, ledger.Outcome({"segments": []}, 2.0, "model"), keyring)
    assert unfinished(store) == {}


def test_a_job_whose_message_is_sent_again_has_waited_since_it_was_accepted(
    store: Store, make_job: JobMaker
) -> None:
    job_id = make_job.submitted()
    accepted_at = now() - timedelta(hours=1)
    with store.writing() as session:
        session.execute(update(Job).values(created_at=accepted_at, queued_at=accepted_at))
        ledger.take_unclaimed(session, "async", now(), 0)
    assert (unfinished(store)["queued"].since, job_id) == (accepted_at, job_id)


def test_a_delivery_that_is_due_later_does_not_wait_now(
    store: Store, tenant_id: str, keyring: KeyRing
) -> None:
    moment = now()
    with store.writing() as session:
        for later in (-60, 60):
            delivery = dispatch.new_delivery(session, tenant_id, keyring, HOOK, b"{}", job_id=None)
            delivery.next_attempt_at = moment + timedelta(seconds=later)
    with store.reading() as session:
        assert counts.due_deliveries(session, moment) == (1, moment - timedelta(seconds=60))


def test_without_deliveries_none_is_due(store: Store) -> None:
    with store.reading() as session:
        assert counts.due_deliveries(session, now()) == (0, None)


def test_deliveries_that_did_not_arrive_are_counted_by_state(
    store: Store, tenant_id: str, keyring: KeyRing
) -> None:
    with store.writing() as session:
        for state in (DeliveryState.EXHAUSTED, DeliveryState.EXHAUSTED, DeliveryState.DELIVERED):
            dispatch.new_delivery(session, tenant_id, keyring, HOOK, b"{}", job_id=None).state = state
    with store.reading() as session:
        assert counts.undelivered(session) == {"pending": 0, "exhausted": 2}
