"""The queries by which KEDA scales, on a real ledger."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from shared.domain import JobState
from shared.queue import ASYNC, ENROLL, SYNC
from shared.store import Store
from shared.store.schema import Job, Tenant, new_id
from tests.deployment.kubernetes import MANIFESTS, SCALED, SETTINGS, WORKLOADS, variables_of

# What the ledger of the tests holds, by queue and state.
JOBS = {
    (SYNC, JobState.QUEUED): 3,
    (SYNC, JobState.RUNNING): 2,
    (SYNC, JobState.SUCCEEDED): 7,
    (ENROLL, JobState.QUEUED): 1,
    (ENROLL, JobState.FAILED): 5,
    (ASYNC, JobState.QUEUED): 8,
    (ASYNC, JobState.RUNNING): 3,
    (ASYNC, JobState.CANCELED): 9,
}


@pytest.fixture
def busy_ledger(postgres_store: Store) -> Store:
    """The ledger with these jobs in it."""
    with postgres_store.writing() as session:
        tenant = Tenant(name="a tenant", wrapped_key=b"")
        session.add(tenant)
        session.flush()
        for (queue, state), count in JOBS.items():
            for _ in range(count):
                own = {"id": new_id(), "request_id": new_id(), "request_digest": "", "parameters": {}}
                session.add(Job(tenant_id=tenant.id, kind="identify", queue=queue, state=state, **own))
    return postgres_store


def wanted(store: Store, name: str) -> float:
    """How many workers KEDA would want."""
    (trigger,) = SCALED[name]["spec"]["triggers"]
    with store.reading() as session:
        value = session.execute(text(trigger["metadata"]["query"])).scalar_one()
    return float(value) / float(trigger["metadata"]["targetQueryValue"])


def test_somebody_waits_so_what_waits_and_what_runs_has_a_worker_each(busy_ledger: Store) -> None:
    assert wanted(busy_ledger, "worker-sync") == 3 + 2 + 1


def test_nobody_waits_so_four_that_wait_share_a_worker(busy_ledger: Store) -> None:
    assert wanted(busy_ledger, "worker-async") == 3 + 8 / 4


@pytest.mark.parametrize("name", SCALED)
def test_an_empty_ledger_wants_none(postgres_store: Store, name: str) -> None:
    assert wanted(postgres_store, name) == 0


@pytest.mark.parametrize("name", SCALED)
def test_what_is_counted_is_what_the_workers_serve(busy_ledger: Store, name: str) -> None:
    served = set(variables_of(WORKLOADS[name])["ROLLCALL_WORKER_QUEUES"].split(","))
    with busy_ledger.writing() as session:
        session.execute(text("DELETE FROM jobs WHERE queue = ANY(:served)"), {"served": list(served)})
    assert wanted(busy_ledger, name) == 0


@pytest.mark.parametrize("name", SCALED)
def test_the_ledger_that_is_asked_is_the_one_of_the_settings(name: str) -> None:
    told = SCALED[name]["spec"]["triggers"][0]["metadata"]
    url = urlsplit(SETTINGS["ROLLCALL_DATABASE_URL"])
    assert (told["host"], told["port"], told["userName"], told["dbName"]) == (
        url.hostname,
        str(url.port),
        url.username,
        url.path.lstrip("/"),
    )


def test_the_password_is_the_one_of_the_service() -> None:
    (authentication,) = (one["spec"] for one in MANIFESTS if one["kind"] == "TriggerAuthentication")
    assert authentication["secretTargetRef"] == [
        {"parameter": "password", "name": "rollcall", "key": "ROLLCALL_DATABASE_PASSWORD"}
    ]


@pytest.mark.parametrize("name", SCALED)
def test_every_worker_is_scaled_by_the_ledger_and_by_nothing_else(name: str) -> None:
    assert (SCALED[name]["spec"]["scaleTargetRef"]["name"], "replicas" in WORKLOADS[name]["spec"]) == (
        name,
        False,
    )
