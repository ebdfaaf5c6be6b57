"""Webhooks: what signs them, and receiving them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from standardwebhooks import Webhook, WebhookVerificationError

from client.connection import Call, Connection
from client.errors import InvalidSignature
from client.resources import Delivery, Job, JobCorrection, SigningSecret


@dataclass(frozen=True)
class WebhookEvent:
    """What a webhook told, from the service for sure.

    ``id`` is the delivery's and the same in every attempt: forget one whose id you have seen. ``type`` is
    job.succeeded, job.failed, job.canceled, job.corrected, webhook.test, or empty for a job of the other
    dialect.
    """

    id: str
    type: str
    body: Mapping[str, Any]

    @property
    def job(self) -> Job | None:
        """The job that ended, with its result; None where ``body`` tells none, or in the other dialect.

        One that was corrected is without: ``correction`` has what differs.
        """
        return Job.from_json(self.body["data"]) if self.type.startswith("job.") else None

    @property
    def correction(self) -> JobCorrection | None:
        """What names of the job were changed after its end; None where it tells something else."""
        if self.type != "job.corrected":
            return None
        return JobCorrection.from_json(self.body["data"]["change"])


class Headers(Protocol):
    """A request's headers, of whatever web framework."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Names and values."""


def verify_webhook(body: bytes, headers: Headers, *secrets: str) -> WebhookEvent:
    """The event in a request to your receiver: its body as it came, its headers, your secret.

    While secrets change, give both. Raises InvalidSignature if none signed it within the last five minutes.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    for secret in secrets:
        try:
            Webhook(secret).verify(body, sent)
        except (WebhookVerificationError, ValueError):
            continue
        fields = json.loads(body)
        return WebhookEvent(sent["webhook-id"], str(fields.get("type", "")), fields)
    raise InvalidSignature("The webhook is not signed with this secret, or is older than five minutes.")


class Webhooks:
    """The signing secrets of the key's tenant, and a test of a receiver."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def secrets(self) -> list[SigningSecret]:
        """Those that sign, newest first."""
        call = Call("GET", "/v1/webhooks/secrets")
        return self._connection.read(call, lambda page: list(map(SigningSecret.from_json, page["items"])))

    def rotate(self, *, overlap_seconds: int | None = None) -> SigningSecret:
        """Sign with a new secret, and with the one before for so long; a day, unless it is said."""
        body = {} if overlap_seconds is None else {"overlap_seconds": overlap_seconds}
        return self._connection.read(Call("POST", "/v1/webhooks/secrets", json=body), SigningSecret.from_json)

    def test(self, url: str) -> Delivery:
        """Send a signed test event to a url; the delivery, asked for again, tells what it met."""
        call = Call("POST", "/v1/webhooks/test", json={"url": url})
        return self._connection.read(call, Delivery.from_json)
