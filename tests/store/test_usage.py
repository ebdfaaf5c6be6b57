"""Quotas: what is used, and how much a caller may have, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared import apikeys
from shared.store import Store, usage
from shared.store.schema import ApiKey
from shared.store.tenants import authenticate


def used(store: Store, tenant_id: str) -> float:
    with store.reading() as session:
        return usage.used_seconds(session, tenant_id)


def quota(store: Store, key: str) -> float | None:
    with store.reading() as session:
        caller = authenticate(session, key)
    assert caller
    return caller.monthly_quota_seconds


@pytest.fixture
def key(store: Store, tenant_id: str) -> str:
    """The tenant's."""
    made = apikeys.generate()
    with store.writing() as session:
        session.add(ApiKey(tenant_id=tenant_id, key_digest=apikeys.digest(made)))
    return made


def test_a_tenant_without_quota_has_no_limit(store: Store, key: str) -> None:
    assert quota(store, key) is None


def test_a_new_quota_is_the_callers(store: Store, tenant_id: str, key: str) -> None:
    with store.writing() as session:
        usage.set_quota(session, tenant_id, 100)
    assert quota(store, key) == 100


def test_a_lifted_quota_is_no_limit(store: Store, tenant_id: str, key: str) -> None:
    with store.writing() as session:
        usage.set_quota(session, tenant_id, 100)
        usage.set_quota(session, tenant_id, None)
    assert quota(store, key) is None


def test_a_new_tenant_has_used_nothing(store: Store, tenant_id: str) -> None:
    assert used(store, tenant_id) == 0


def test_processed_audio_adds_up(store: Store, tenant_id: str) -> None:
    for _ in range(2):
        with store.writing() as session:
            usage.add_usage(session, tenant_id, 30)
    assert used(store, tenant_id) == 60


def test_simultaneous_jobs_are_all_counted(store: Store, tenant_id: str) -> None:
    def add(_: int) -> None:
        with store.writing() as session:
            usage.add_usage(session, tenant_id, 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))
    assert used(store, tenant_id) == 16


def test_a_quota_for_nobody_says_so(store: Store) -> None:
    with store.writing() as session:
        assert usage.set_quota(session, "nobody", 1) is False
