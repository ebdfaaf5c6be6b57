"""Webhook deliveries: what every attempt met, and sending again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.background import BackgroundStack
from tests.end_to_end.v1 import V1, Hook, complaints, hook_answering, new_tenant, once

GONE = 410


@pytest.fixture(scope="module")
def own(stack: BackgroundStack) -> V1:
    """A tenant whose jobs fail at once, for what counts here is what their webhooks hear of it."""
    return new_tenant(stack)


@pytest.fixture
def gone() -> Iterator[Hook]:
    """A webhook that says that it is gone, which ends its deliveries."""
    with hook_answering(GONE) as closed:
        yield closed


def delivery_of(tenant: V1, job_id: str) -> dict[str, Any]:
    """The delivery of a job's webhook."""

    def found() -> list[dict[str, Any]]:
        rows = [row for page in tenant.pages("/v1/deliveries") for row in page]
        return [row for row in rows if row["job_id"] == job_id]

    return dict(once(found, bool)[0])


def read(tenant: V1, delivery_id: str) -> dict[str, Any]:
    return dict(tenant.get(f"/v1/deliveries/{delivery_id}").json())


def attempted(tenant: V1, url: str, attempts: int = 1) -> dict[str, Any]:
    """A delivery to a url once it was tried so often and nobody is at it."""
    delivery_id = delivery_of(tenant, tenant.doomed(webhook=url)["id"])["id"]
    return attempted_again(tenant, delivery_id, attempts)


def attempted_again(tenant: V1, delivery_id: str, attempts: int) -> dict[str, Any]:
    """A delivery once it has so many attempts."""
    return dict(once(lambda: read(tenant, delivery_id), lambda seen: len(seen["attempts"]) >= attempts))


# Reading


def test_a_delivery_that_arrives_is_delivered(own: V1, hook: Hook) -> None:
    assert attempted(own, hook.url)["status"] == "delivered"


def test_a_delivery_names_its_job_and_url(own: V1, hook: Hook) -> None:
    job_id = own.doomed(webhook=hook.url)["id"]
    found = delivery_of(own, job_id)
    assert (found["job_id"], found["url"]) == (job_id, hook.url)


def test_an_attempt_tells_what_it_met(own: V1, hook: Hook) -> None:
    attempt = attempted(own, hook.url)["attempts"][0]
    assert (attempt["status_code"], attempt["error"]) == (204, None)


def test_an_attempt_tells_its_time_and_duration(own: V1, hook: Hook) -> None:
    delivery = attempted(own, hook.url)
    attempt = delivery["attempts"][0]
    assert (attempt["attempted_at"] >= delivery["created_at"], attempt["duration_seconds"] >= 0) == (
        True,
        True,
    )


def test_an_attempt_that_reaches_nobody_tells_why(own: V1) -> None:
    attempt = attempted(own, "http://127.0.0.1:1/hook")["attempts"][0]
    assert (attempt["status_code"], bool(attempt["error"])) == (None, True)


def test_a_delivery_that_is_refused_is_tried_again_soon(own: V1, hook: Hook) -> None:
    hook.status = 500
    delivery = attempted(own, hook.url)
    next_at = datetime.fromisoformat(delivery["next_attempt_at"])
    wait = next_at - datetime.fromisoformat(delivery["attempts"][0]["attempted_at"])
    assert (delivery["status"], timedelta(seconds=4) < wait < timedelta(seconds=7)) == ("pending", True), wait


def test_a_delivery_is_listed_as_it_is_read(own: V1, hook: Hook) -> None:
    seen = attempted(own, hook.url)
    listed = {row["id"]: row for page in own.pages("/v1/deliveries") for row in page}
    assert listed[seen["id"]] == {name: value for name, value in seen.items() if name != "attempts"}


def test_a_delivery_to_a_hook_that_is_gone_is_given_up(own: V1, gone: Hook) -> None:
    assert attempted(own, gone.url)["status"] == "exhausted"


def test_an_unknown_delivery_is_not_found(own: V1) -> None:
    response = own.get("/v1/deliveries/11111111-2222-3333-4444-555555555555")
    assert (response.status_code, response.json()["code"]) == (404, "delivery_not_found")


# Lists


@pytest.fixture(scope="module")
def mixed(stack: BackgroundStack) -> tuple[V1, list[str], list[str]]:
    """A tenant with three deliveries that arrived and two that were given up; their ids, newest first."""
    tenant = new_tenant(stack)
    with hook_answering(204) as well, hook_answering(GONE) as closed:
        found = [
            attempted(tenant, url)["id"] for url in (well.url, closed.url, well.url, closed.url, well.url)
        ]
    return tenant, found[::-2], found[-2::-2]


def ids(pages: list[list[dict[str, Any]]]) -> list[str]:
    return [row["id"] for page in pages for row in page]


def test_the_pages_of_the_list_hold_every_delivery_once(mixed: tuple[V1, list[str], list[str]]) -> None:
    tenant, arrived, given_up = mixed
    newest_first = [arrived[0], given_up[0], arrived[1], given_up[1], arrived[2]]
    assert ids(tenant.pages("/v1/deliveries", limit=2)) == newest_first


def test_the_status_filter_leaves_out_other_deliveries(mixed: tuple[V1, list[str], list[str]]) -> None:
    tenant, _, given_up = mixed
    assert ids(tenant.pages("/v1/deliveries", status="exhausted", limit=1)) == given_up


# Sending again


def test_a_delivery_that_is_sent_again_arrives_unchanged(own: V1, hook: Hook) -> None:
    delivery = attempted(own, hook.url)
    own.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    first, second = hook.wait(), hook.wait()
    assert second.raw == first.raw


def test_a_delivery_that_is_sent_again_keeps_its_id(own: V1, hook: Hook) -> None:
    delivery = attempted(own, hook.url)
    own.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    assert [hook.wait().headers["webhook-id"] for _ in range(2)] == [delivery["id"]] * 2


def test_a_delivery_that_is_sent_again_keeps_its_earlier_attempts(own: V1, gone: Hook) -> None:
    delivery = attempted(own, gone.url)
    gone.status = 204
    own.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    seen = attempted_again(own, delivery["id"], 2)
    assert [attempt["status_code"] for attempt in seen["attempts"]] == [GONE, 204]


def test_a_delivery_that_was_given_up_can_still_arrive(own: V1, gone: Hook) -> None:
    delivery = attempted(own, gone.url)
    gone.status = 204
    own.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    assert attempted_again(own, delivery["id"], 2)["status"] == "delivered"


def test_sending_nothing_again_is_not_found(own: V1) -> None:
    assert own.post("/v1/deliveries/11111111-2222-3333-4444-555555555555/redeliver").status_code == 404


@pytest.fixture(scope="module")
def resent(stack: BackgroundStack) -> dict[str, Any]:
    """What came of sending again since a moment between two deliveries that were given up."""
    tenant = new_tenant(stack)
    with hook_answering(GONE) as closed, hook_answering(204) as well:
        before = attempted(tenant, closed.url)["id"]
        since = datetime.now(UTC).isoformat()
        after, arrived = attempted(tenant, closed.url)["id"], attempted(tenant, well.url)["id"]
        closed.status = 204
        answer = tenant.post("/v1/deliveries/redeliver", json={"since": since})
        attempted_again(tenant, after, 2)
        counts = {
            name: len(read(tenant, one)["attempts"])
            for name, one in (("before", before), ("after", after), ("arrived", arrived))
        }
    return counts | {"answer": answer.json()}


def test_sending_again_since_a_moment_tells_how_many(resent: dict[str, Any]) -> None:
    assert resent["answer"] == {"redelivered": 1}


def test_sending_again_since_a_moment_sends_what_was_given_up(resent: dict[str, Any]) -> None:
    assert resent["after"] == 2


def test_sending_again_since_a_moment_leaves_older_deliveries(resent: dict[str, Any]) -> None:
    assert resent["before"] == 1


def test_sending_again_since_a_moment_leaves_what_arrived(resent: dict[str, Any]) -> None:
    assert resent["arrived"] == 1


@pytest.mark.parametrize("body", [{}, {"since": "yesterday"}, {"since": "2026-01-01T00:00:00"}])
def test_sending_again_needs_a_moment_with_its_zone(own: V1, body: dict[str, str]) -> None:
    response = own.post("/v1/deliveries/redeliver", json=body)
    assert (response.status_code, complaints(response)) == (400, {"since"})
