"""Tenants take turns, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from shared.crypto import KeyRing
from shared.store import Store, ledger
from shared.store.changes import one_at_a_time
from shared.store.schema import Job, now
from shared.store.tenants import add_tenant
from shared.store.turns import next_turns
from shared.store.usage import add_usage
from tests.store.conftest import JobMaker

OUTCOME = ledger.Outcome({"segments": []}, 60.0, "embedded@1")


class Tenants:
    """Customers by name, and in which order their jobs are claimed."""

    def __init__(self, store: Store, keyring: KeyRing) -> None:
        self._store, self._keyring = store, keyring
        self._ids: dict[str, str] = {}

    def id_of(self, name: str) -> str:
        if name not in self._ids:
            with self._store.writing() as session:
                self._ids[name] = add_tenant(session, name, self._keyring)
        return self._ids[name]

    def submit(self, names: str) -> list[str]:
        """A job of each tenant that a letter names, in this order; their ids."""
        return [JobMaker(self._store, self.id_of(name), self._keyring).submitted() for name in names]

    def claim(self) -> ledger.Claim:
        with self._store.writing() as session:
            claim = ledger.claim_next(session, "async")
        assert claim
        return claim

    def done(self, number: int) -> str:
        """The owners of the next so many jobs, each finished before the next is claimed."""
        names = {tenant_id: name for name, tenant_id in self._ids.items()}
        order = []
        for _ in range(number):
            claim = self.claim()
            with self._store.writing() as session:
                ledger.succeed(session, claim, OUTCOME, self._keyring)
            order.append(names[claim.job.tenant_id])
        return "".join(order)

    def has_recordings_of(self, name: str, seconds: float) -> None:
        with self._store.writing() as session:
            add_usage(session, self.id_of(name), seconds)


@pytest.fixture
def tenants(store: Store, keyring: KeyRing) -> Tenants:
    return Tenants(store, keyring)


def test_a_tenants_own_jobs_are_done_in_the_order_in_which_they_came(tenants: Tenants) -> None:
    submitted = tenants.submit("aaa")
    assert [tenants.claim().job.id for _ in submitted] == submitted


def test_one_job_does_not_wait_behind_anothers_many(tenants: Tenants) -> None:
    tenants.submit("aaaaaaaa")
    tenants.claim()
    tenants.submit("b")
    assert tenants.done(1) == "b"


def test_tenants_who_both_have_many_alternate(tenants: Tenants) -> None:
    tenants.submit("aaaaaabbbbbb")
    assert tenants.done(8) == "abababab"


def test_many_newcomers_do_not_keep_a_backlog_waiting(tenants: Tenants) -> None:
    tenants.submit("aaaa" + "bcdefbcdef")
    assert tenants.done(7) == "abcdefa"


def test_who_sends_his_next_job_as_soon_as_one_is_taken_gets_no_more_than_his_turn(tenants: Tenants) -> None:
    tenants.submit("aaaaaaaab")
    order = ""
    for _ in range(6):
        order += tenants.done(1)
        tenants.submit("b")
    assert order.count("a") >= 2


def test_what_was_done_while_nobody_waited_is_not_held_against_a_tenant(tenants: Tenants) -> None:
    tenants.submit("a" * 20)
    tenants.done(20)
    tenants.submit("aaaabbbb")
    assert tenants.done(4).count("a") == 2


def test_longer_recordings_have_fewer_turns(tenants: Tenants) -> None:
    tenants.has_recordings_of("a", 300)
    tenants.has_recordings_of("b", 60)
    tenants.submit("aaaa" + "b" * 15)
    assert tenants.done(12).count("a") == 2


def test_a_job_that_its_worker_gave_back_comes_first(store: Store, tenants: Tenants) -> None:
    tenants.submit("aab")
    claim = tenants.claim()
    tenants.submit("c")
    with store.writing() as session:
        ledger.give_back(session, claim)
    assert tenants.claim().job.id == claim.job.id


def test_a_job_that_lost_its_worker_comes_first(store: Store, tenants: Tenants, keyring: KeyRing) -> None:
    tenants.submit("aab")
    claim = tenants.claim()
    tenants.submit("c")
    with store.writing() as session:
        ledger.recover_stale(session, now() + timedelta(seconds=1), max_attempts=3, keyring=keyring)
    assert tenants.claim().job.id == claim.job.id


def test_queues_have_turns_of_their_own(store: Store, tenants: Tenants) -> None:
    tenants.submit("a")
    with store.writing() as session:
        assert ledger.claim_next(session, "sync") is None


def test_simultaneous_jobs_of_a_tenant_have_different_turns(store: Store, tenants: Tenants) -> None:
    tenants.id_of("a")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: tenants.submit("a"), range(24)))
    with store.reading() as session:
        turns = session.scalars(select(Job.turn)).all()
    assert len(set(turns)) == 24


def test_simultaneous_claims_take_different_jobs(tenants: Tenants) -> None:
    tenants.submit("a" * 12 + "b" * 4)
    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: tenants.claim().job.id, range(16)))
    assert len(set(claimed)) == 16


def test_a_claim_does_not_wait_for_one_that_hangs(postgres_store: Store, keyring: KeyRing) -> None:
    tenants = Tenants(postgres_store, keyring)
    first, second = tenants.submit("aa")
    with postgres_store.writing() as session:
        hanging = ledger.claim_next(session, "async")
        assert hanging
        assert (hanging.job.id, tenants.claim().job.id) == (first, second)


def test_a_tenant_whose_names_are_corrected_keeps_nobody_from_submitting(
    postgres_store: Store, keyring: KeyRing
) -> None:
    tenant_id = Tenants(postgres_store, keyring).id_of("A")
    with postgres_store.writing() as correcting, postgres_store.writing() as submitting:
        one_at_a_time(correcting, tenant_id)
        submitting.execute(text("SET LOCAL lock_timeout = '2s'"))
        assert len(next_turns(submitting, tenant_id, "async", 1)) == 1
