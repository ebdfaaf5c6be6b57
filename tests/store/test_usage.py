"""Quotas: what is used, what is left, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.store import Store, usage


def remaining(store: Store, tenant_id: str) -> float | None:
    with store.reading() as session:
        return usage.remaining_seconds(session, tenant_id)


@pytest.fixture
def limited_tenant_id(store: Store, tenant_id: str) -> str:
    """A tenant with a quota of 100 s."""
    with store.writing() as session:
        usage.set_quota(session, tenant_id, 100)
    return tenant_id


def test_a_tenant_without_quota_has_no_limit(store: Store, tenant_id: str) -> None:
    assert remaining(store, tenant_id) is None


def test_a_new_quota_is_all_left(store: Store, limited_tenant_id: str) -> None:
    assert remaining(store, limited_tenant_id) == 100


def test_processed_audio_is_taken_from_the_quota(store: Store, limited_tenant_id: str) -> None:
    for _ in range(2):
        with store.writing() as session:
            usage.add_usage(session, limited_tenant_id, 30)
    assert remaining(store, limited_tenant_id) == 40


def test_simultaneous_jobs_are_all_counted(store: Store, limited_tenant_id: str) -> None:
    def add(_: int) -> None:
        with store.writing() as session:
            usage.add_usage(session, limited_tenant_id, 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))
    assert remaining(store, limited_tenant_id) == 84


def test_a_lifted_quota_is_no_limit(store: Store, limited_tenant_id: str) -> None:
    with store.writing() as session:
        usage.set_quota(session, limited_tenant_id, None)
    assert remaining(store, limited_tenant_id) is None


def test_a_quota_for_nobody_says_so(store: Store) -> None:
    with store.writing() as session:
        assert usage.set_quota(session, "nobody", 1) is False
