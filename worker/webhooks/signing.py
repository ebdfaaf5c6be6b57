"""The headers by which a receiver knows who sent a webhook (Standard Webhooks 1.0)."""

from collections.abc import Iterable
from datetime import datetime

from standardwebhooks import Webhook


def signed_headers(secrets: Iterable[str], message_id: str, moment: datetime, body: bytes) -> dict[str, str]:
    """Id, timestamp and one signature by each secret in use; ``moment`` is this attempt's."""
    signatures = [Webhook(secret).sign(message_id, moment, body.decode()) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
