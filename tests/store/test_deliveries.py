"""Deliveries: due, leased, recorded, suspended, on both databases."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.crypto import KeyRing
from shared.domain import DeliveryState
from shared.store import Store, deliveries, dispatch
from shared.store.endpoints import FAILURES_TOLERATED, SUSPENDED_SECONDS, Most
from shared.store.row_seals import RowSeal, row_seal
from shared.store.schema import Delivery, WebhookEndpoint, now
from shared.store.tenants import add_tenant
from tests.store.stored import HOOK

LEASE_SECONDS = 60
DAY_SECONDS = 86_400
BODY = b'{"type": "job.succeeded"}'


class Deliveries:
    """What workers do with deliveries, at moments of the test's choice."""

    def __init__(self, store: Store, tenant_id: str, keyring: KeyRing) -> None:
        self.store = store
        self.tenant_id = tenant_id
        self.keyring = keyring
        self.started = now()

    def at(self, seconds: float) -> datetime:
        return self.started + timedelta(seconds=seconds)

    def new(self, url: str = HOOK) -> str:
        with self.store.writing() as session:
            return dispatch.new_delivery(session, self.tenant_id, self.keyring, url, BODY, job_id=None).id

    def due(self, seconds: float = 1, lost_before: float | None = 1) -> list[str]:
        before = None if lost_before is None else self.at(lost_before)
        with self.store.writing() as session:
            return dispatch.take_due(session, self.at(seconds), lost_before=before)

    def lease(
        self, delivery_id: str, seconds: float = 1, *, most_per_host: int = 9, most_per_tenant: int = 9
    ) -> Delivery | None:
        with self.store.writing() as session:
            return dispatch.lease(
                session,
                delivery_id,
                self.at(seconds),
                seconds=LEASE_SECONDS,
                most=Most(most_per_host, most_per_tenant),
            )

    def attempt(
        self, delivery_id: str, status: int | None, seconds: float = 1, **what: Any
    ) -> Delivery | None:
        """One attempt that meets a status; another follows after ``next_in`` seconds, if that is given."""
        leased = self.lease(delivery_id, seconds)
        if leased:
            self.record(leased, status, seconds, **what)
        return leased

    def record(
        self,
        leased: Delivery,
        status: int | None,
        seconds: float = 1,
        *,
        next_in: float | None = None,
        pause: float | None = None,
        answer: str | None = None,
    ) -> None:
        attempt = dispatch.Attempt(
            attempted_at=self.at(seconds),
            duration_seconds=0.0,
            status_code=status,
            error=None,
            answer=answer,
            delivered=status == 200,
            answers=status is not None and status < 500,
            next_attempt_at=None if next_in is None else self.at(seconds + next_in),
            pause_seconds=pause,
        )
        with self.store.writing() as session:
            dispatch.record(session, leased, attempt, self.seal(session))

    def restart(self, delivery_id: str) -> None:
        with self.store.writing() as session:
            deliveries.restart(session, self.tenant_id, delivery_id=delivery_id)

    def seal(self, session: Session) -> RowSeal:
        return row_seal(session, self.tenant_id, self.keyring)

    def exhaust_endpoint(self, seconds: float = 1) -> None:
        """Have a receiver fail as often in a row as is tolerated."""
        for _ in range(FAILURES_TOLERATED):
            self.attempt(self.new(), None, seconds)

    def met(self, delivery_id: str) -> list[tuple[int, int | None, str | None]]:
        """Number, status and answer of a delivery's attempts."""
        with self.store.reading() as session:
            seal, found = self.seal(session), deliveries.attempts_of(session, delivery_id)
            return [(one.number, one.status_code, seal.answer_of(one)) for one in found]

    def state(self, delivery_id: str) -> str:
        with self.store.reading() as session:
            return session.get_one(Delivery, delivery_id).state


@pytest.fixture
def hooks(store: Store, tenant_id: str, keyring: KeyRing) -> Deliveries:
    """A tenant's deliveries."""
    return Deliveries(store, tenant_id, keyring)


# Due and leased


def test_a_new_delivery_is_due_at_once(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    assert hooks.due() == [delivery_id]


def test_no_second_message_is_sent_while_the_first_may_be_in_the_queue(hooks: Deliveries) -> None:
    hooks.new()
    assert hooks.due(lost_before=None) == []


def test_a_retry_needs_a_message_of_its_own(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.attempt(delivery_id, 500, next_in=300)
    assert hooks.due(302, lost_before=None) == [delivery_id]


def test_a_retry_gets_one_message(hooks: Deliveries) -> None:
    hooks.attempt(hooks.new(), 500, next_in=300)
    hooks.due(302, lost_before=None)
    assert hooks.due(303, lost_before=None) == []


def test_a_delivery_in_hand_is_not_taken_twice(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.lease(delivery_id)
    assert hooks.lease(delivery_id) is None


def test_a_delivery_whose_worker_died_is_due_again(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.lease(delivery_id)
    assert hooks.due(LEASE_SECONDS + 2) == [delivery_id]


def test_a_host_has_only_so_many_under_way(hooks: Deliveries) -> None:
    hooks.lease(hooks.new(), most_per_host=2)
    hooks.lease(hooks.new(f"{HOOK}/2"), most_per_host=2)
    assert hooks.lease(hooks.new(f"{HOOK}/3"), most_per_host=2) is None


def test_another_host_has_room_of_its_own(hooks: Deliveries) -> None:
    hooks.lease(hooks.new(), most_per_host=1)
    assert hooks.lease(hooks.new("https://example.com:8443/hook"), most_per_host=1)


def test_a_tenant_has_only_so_many_under_way_at_all_his_hosts(hooks: Deliveries) -> None:
    for number in range(2):
        hooks.lease(hooks.new(f"https://{number}.example.com/hook"), most_per_tenant=2)
    assert hooks.lease(hooks.new("https://2.example.com/hook"), most_per_tenant=2) is None


def test_another_tenant_has_room_of_his_own(hooks: Deliveries) -> None:
    hooks.lease(hooks.new(), most_per_tenant=1)
    with hooks.store.writing() as session:
        other = add_tenant(session, "other", hooks.keyring)
    others = Deliveries(hooks.store, other, hooks.keyring)
    assert others.lease(others.new("https://example.org/hook"), most_per_tenant=1)


def test_what_waits_longest_for_a_host_is_next(hooks: Deliveries) -> None:
    first, _ = hooks.new(), hooks.new()
    hooks.new("https://example.org/hook")
    with hooks.store.reading() as session:
        host_key = session.get_one(Delivery, first).host_key
        assert dispatch.next_at_host(session, host_key, hooks.at(1)) == first


# Recorded


def test_a_delivered_one_is_finished(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.attempt(delivery_id, 200)
    assert hooks.state(delivery_id) == DeliveryState.DELIVERED


def test_a_failed_attempt_waits_for_its_time(hooks: Deliveries) -> None:
    hooks.attempt(hooks.new(), 500, next_in=300)
    assert hooks.due(2) == []


def test_the_last_failed_attempt_exhausts_the_delivery(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.attempt(delivery_id, 500)
    assert hooks.state(delivery_id) == DeliveryState.EXHAUSTED


def test_every_attempt_is_recorded_with_what_it_met(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.attempt(delivery_id, 404, next_in=5, answer="no hook here")
    hooks.attempt(delivery_id, 200, seconds=7)
    assert hooks.met(delivery_id) == [(1, 404, "no hook here"), (2, 200, None)]


def test_an_attempt_that_is_told_twice_is_recorded_once(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    leased = hooks.lease(delivery_id)
    assert leased
    for _ in range(2):
        hooks.record(leased, 500, next_in=300)
    assert hooks.met(delivery_id) == [(1, 500, None)]


def test_an_attempt_that_is_told_twice_is_one_failure_of_the_receiver(hooks: Deliveries) -> None:
    for _ in range(FAILURES_TOLERATED - 1):
        leased = hooks.lease(hooks.new())
        assert leased
        for _ in range(2):
            hooks.record(leased, 500)
    assert hooks.lease(hooks.new(), 2)


def test_attempts_after_a_new_start_have_numbers_of_their_own(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.attempt(delivery_id, 500)
    hooks.restart(delivery_id)
    hooks.attempt(delivery_id, 200, seconds=2)
    assert hooks.met(delivery_id) == [(1, 500, None), (2, 200, None)]


def test_an_attempt_that_was_under_way_at_a_new_start_is_recorded_too(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    under_way = hooks.lease(delivery_id)
    assert under_way
    hooks.restart(delivery_id)
    hooks.record(under_way, 500)
    hooks.attempt(delivery_id, 200, seconds=2)
    assert hooks.met(delivery_id) == [(1, 500, None), (2, 200, None)]


def test_an_attempt_that_was_under_way_at_a_new_start_does_not_end_the_new_schedule(
    hooks: Deliveries,
) -> None:
    delivery_id = hooks.new()
    under_way = hooks.lease(delivery_id)
    assert under_way
    hooks.restart(delivery_id)
    hooks.record(under_way, 500)
    assert hooks.due(2) == [delivery_id]


def test_a_new_start_makes_no_second_attempt_beside_the_first(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    hooks.lease(delivery_id)
    hooks.restart(delivery_id)
    assert hooks.lease(delivery_id, 2) is None


def test_a_worker_whose_lease_is_over_does_not_end_the_delivery(hooks: Deliveries) -> None:
    delivery_id = hooks.new()
    late = hooks.lease(delivery_id)
    hooks.lease(delivery_id, seconds=LEASE_SECONDS + 2)
    assert late
    hooks.record(late, 410)
    assert hooks.state(delivery_id) == DeliveryState.PENDING


# Circuit breaker


def test_a_receiver_that_fails_so_often_in_a_row_is_left_alone(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    assert hooks.lease(hooks.new(), 2) is None


def test_a_success_between_failures_forgets_them(hooks: Deliveries) -> None:
    for _ in range(FAILURES_TOLERATED):
        hooks.attempt(hooks.new(), None)
        hooks.attempt(hooks.new(), 200)
    assert hooks.lease(hooks.new(), 2)


def test_a_refusal_is_an_answer_and_no_failure_of_the_receiver(hooks: Deliveries) -> None:
    for _ in range(FAILURES_TOLERATED):
        hooks.attempt(hooks.new(), 400)
    assert hooks.lease(hooks.new(), 2)


def test_only_the_receiver_that_fails_is_left_alone(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    assert hooks.lease(hooks.new("https://example.com/another"), 2)


def test_a_query_makes_no_other_receiver(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    assert hooks.lease(hooks.new(f"{HOOK}?id=7"), 2) is None


def test_waiting_for_a_suspended_receiver_uses_up_no_attempt(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    waiting = hooks.new()
    hooks.lease(waiting, 2)
    with hooks.store.reading() as session:
        assert session.get_one(Delivery, waiting).attempts == 0


def test_one_delivery_tries_whether_a_suspended_receiver_is_back(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    after = SUSPENDED_SECONDS + 2
    taken = [hooks.lease(hooks.new(), after) is not None for _ in range(3)]
    assert taken == [True, False, False]


def test_a_receiver_that_is_back_gets_all_that_waits(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    waiting = [hooks.new(), hooks.new()]
    hooks.attempt(hooks.new(), 200, SUSPENDED_SECONDS + 2)
    assert set(hooks.due(SUSPENDED_SECONDS + 3, lost_before=30)) == set(waiting)


def test_a_trial_that_fails_suspends_again(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    hooks.attempt(hooks.new(), None, SUSPENDED_SECONDS + 2)
    assert hooks.lease(hooks.new(), SUSPENDED_SECONDS + 3 + LEASE_SECONDS / 2) is None


def test_a_receiver_that_asks_for_a_pause_gets_it_for_all_deliveries(hooks: Deliveries) -> None:
    hooks.attempt(hooks.new(), 503, pause=120, next_in=120)
    assert hooks.lease(hooks.new(), 100) is None


def test_a_pause_that_was_asked_for_ends(hooks: Deliveries) -> None:
    hooks.attempt(hooks.new(), 503, pause=120, next_in=120)
    assert hooks.lease(hooks.new(), 122)


def test_what_a_suspended_receiver_kept_waiting_for_a_whole_schedule_is_given_up(hooks: Deliveries) -> None:
    waiting = hooks.new()
    hooks.exhaust_endpoint(DAY_SECONDS)
    with hooks.store.writing() as session:
        given_up = dispatch.give_up(session, hooks.at(DAY_SECONDS + 2), DAY_SECONDS)
    assert given_up == [waiting]


def test_what_waits_for_a_healthy_receiver_is_not_given_up(hooks: Deliveries) -> None:
    hooks.new()
    with hooks.store.writing() as session:
        assert dispatch.give_up(session, hooks.at(DAY_SECONDS + 2), DAY_SECONDS) == []


def test_sending_again_does_not_wait_for_the_suspension_to_end(hooks: Deliveries) -> None:
    hooks.exhaust_endpoint()
    with hooks.store.writing() as session:
        (given_up, *_) = deliveries.restart(session, hooks.tenant_id, exhausted_since=hooks.at(-9))
    assert hooks.lease(given_up, 2)


def test_a_healthy_receiver_leaves_no_row(hooks: Deliveries) -> None:
    hooks.attempt(hooks.new(), None)
    hooks.attempt(hooks.new(), 200)
    with hooks.store.reading() as session:
        assert session.scalars(select(WebhookEndpoint)).all() == []
