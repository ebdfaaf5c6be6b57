"""Deliveries: due, leased, recorded, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from shared.domain import DeliveryState
from shared.store import Store, deliveries, ledger
from shared.store.schema import Delivery, DeliveryAttempt, now
from tests.store.conftest import JobMaker

LEASE_SECONDS = 60


@pytest.fixture
def delivery_id(store: Store, make_job: JobMaker) -> str:
    """A delivery that is due."""
    job_id = make_job.submitted(webhook_url="https://example.com/hook")
    with store.writing() as session:
        claim = ledger.claim(session, job_id)
        assert claim
        delivery = ledger.succeed(session, claim, ledger.Outcome({"segments": []}, 10.0, "embedded@1"))
    assert delivery
    return delivery.id


def leased(store: Store, delivery_id: str) -> Delivery:
    with store.writing() as session:
        delivery = deliveries.lease(session, delivery_id, LEASE_SECONDS)
    assert delivery
    return delivery


def record(store: Store, delivery: Delivery, status_code: int, next_in_seconds: float | None) -> None:
    with store.writing() as session:
        deliveries.record_attempt(
            session,
            delivery,
            duration_seconds=0.1,
            status_code=status_code,
            error=None,
            next_attempt_at=None if next_in_seconds is None else now() + timedelta(seconds=next_in_seconds),
            delivered=status_code == 200,
        )


def state(store: Store, delivery_id: str) -> str:
    with store.reading() as session:
        return session.get_one(Delivery, delivery_id).state


def test_a_new_delivery_is_due_at_once(store: Store, delivery_id: str) -> None:
    with store.reading() as session:
        assert deliveries.due(session) == [delivery_id]


def test_a_delivery_in_hand_is_not_taken_twice(store: Store, delivery_id: str) -> None:
    leased(store, delivery_id)
    with store.writing() as session:
        assert deliveries.lease(session, delivery_id, LEASE_SECONDS) is None


def test_a_delivery_whose_worker_died_is_due_again(store: Store, delivery_id: str) -> None:
    with store.writing() as session:
        deliveries.lease(session, delivery_id, -1)
    with store.reading() as session:
        assert deliveries.due(session) == [delivery_id]


def test_a_delivered_one_is_finished(store: Store, delivery_id: str) -> None:
    record(store, leased(store, delivery_id), 200, None)
    assert state(store, delivery_id) == DeliveryState.DELIVERED


def test_a_failed_attempt_waits_for_its_time(store: Store, delivery_id: str) -> None:
    record(store, leased(store, delivery_id), 500, 300)
    with store.reading() as session:
        assert deliveries.due(session) == []


def test_a_failed_attempt_is_due_when_its_time_comes(store: Store, delivery_id: str) -> None:
    record(store, leased(store, delivery_id), 500, -1)
    with store.reading() as session:
        assert deliveries.due(session) == [delivery_id]


def test_the_last_failed_attempt_exhausts_the_delivery(store: Store, delivery_id: str) -> None:
    record(store, leased(store, delivery_id), 500, None)
    assert state(store, delivery_id) == DeliveryState.EXHAUSTED


def test_every_attempt_is_recorded_with_its_number(store: Store, delivery_id: str) -> None:
    record(store, leased(store, delivery_id), 500, -1)
    record(store, leased(store, delivery_id), 200, None)
    with store.reading() as session:
        attempts = session.execute(select(DeliveryAttempt.number, DeliveryAttempt.status_code)).all()
    assert sorted(tuple(row) for row in attempts) == [(1, 500), (2, 200)]
