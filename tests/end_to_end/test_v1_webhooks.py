"""Webhooks as their receivers see them: signatures, rotation, test events."""

from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.background import BackgroundStack
from tests.end_to_end.v1 import V1, Hook, Post, complaints, hook_answering, new_tenant, once

SECRETS = "/v1/webhooks/secrets"
TEST = "/v1/webhooks/test"


@pytest.fixture
def own(stack: BackgroundStack) -> V1:
    """A tenant with secrets of his own."""
    return new_tenant(stack)


def secrets(tenant: V1) -> list[str]:
    return [one["secret"] for one in tenant.get(SECRETS).json()["items"]]


def event_of(tenant: V1, hook: Hook) -> Post:
    """What a webhook gets that is tested."""
    response = tenant.post(TEST, json={"url": hook.url})
    assert response.status_code == 202, response.text
    return hook.wait()


def verify(secret: str, post: Post) -> Any:
    return Webhook(secret).verify(post.raw, post.headers)


def test_a_jobs_webhook_is_verified_by_the_tenants_secret(own: V1, hook: Hook) -> None:
    own.doomed(webhook=hook.url)
    assert verify(secrets(own)[0], hook.wait())["type"] == "job.failed"


def test_another_tenants_secret_does_not_verify(own: V1, stack: BackgroundStack, hook: Hook) -> None:
    (foreign,) = secrets(new_tenant(stack))
    with pytest.raises(WebhookVerificationError):
        verify(foreign, event_of(own, hook))


def test_every_attempt_has_a_timestamp_and_signature_of_its_own(own: V1, hook: Hook) -> None:
    hook.status = 500
    first = event_of(own, hook)
    second = hook.wait()
    secret = secrets(own)[0]
    assert verify(secret, first) == verify(secret, second)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def test_while_secrets_change_both_verify(own: V1, hook: Hook) -> None:
    (before,) = secrets(own)
    after = own.post(SECRETS, json={"overlap_seconds": 60}).json()["secret"]
    post = event_of(own, hook)
    assert verify(before, post) == verify(after, post)


def test_a_secret_in_wrong_hands_ends_at_once(own: V1, hook: Hook) -> None:
    (before,) = secrets(own)
    own.post(SECRETS, json={"overlap_seconds": 0})
    post = event_of(own, hook)
    with pytest.raises(WebhookVerificationError):
        verify(before, post)


def test_a_new_secret_is_created(own: V1) -> None:
    response = own.post(SECRETS, json={})
    assert (response.status_code, response.json()["expires_at"]) == (201, None)


def test_the_secret_before_tells_when_it_ends(own: V1) -> None:
    secrets(own)
    own.post(SECRETS, json={"overlap_seconds": 60})
    assert [one["expires_at"] is None for one in own.get(SECRETS).json()["items"]] == [True, False]


@pytest.mark.parametrize("overlap", [-1, 31 * 86_400, "long", None])
def test_an_overlap_that_cannot_be_is_refused(own: V1, overlap: object) -> None:
    response = own.post(SECRETS, json={"overlap_seconds": overlap})
    assert (response.status_code, complaints(response)) == (400, {"overlap_seconds"})


def test_a_test_event_says_what_it_is(own: V1, hook: Hook) -> None:
    assert event_of(own, hook).body["type"] == "webhook.test"


def test_a_test_is_a_delivery_without_a_job(own: V1, hook: Hook) -> None:
    response = own.post(TEST, json={"url": hook.url})
    hook.wait()
    delivery = own.get(response.headers["Location"]).json()
    assert (delivery["id"], delivery["job_id"]) == (response.json()["id"], None)


def test_a_test_tells_what_the_receiver_answered(own: V1) -> None:
    with hook_answering(418, b"no coffee here") as hook:
        location = own.post(TEST, json={"url": hook.url}).headers["Location"]
        seen = once(lambda: own.get(location).json(), lambda delivery: delivery["attempts"])
    assert (seen["attempts"][0]["status_code"], seen["attempts"][0]["answer"]) == (418, "no coffee here")


@pytest.mark.parametrize("url", [None, "", "ftp://example.com", "hook"])
def test_a_test_needs_a_url_that_can_be_posted_to(own: V1, url: object) -> None:
    response = own.post(TEST, json={"url": url})
    assert (response.status_code, complaints(response)) == (400, {"url"})


def test_a_test_does_not_reach_inside(own: V1) -> None:
    response = own.post(TEST, json={"url": "http://169.254.169.254/latest"})
    assert (response.status_code, response.json()["code"]) == (400, "egress_denied")
