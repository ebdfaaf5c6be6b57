"""The tables. A change here needs a migration in ``shared/store/migrations/versions``."""

from shared.store.tables.audit import AuditRecord
from shared.store.tables.base import Base, UtcDateTime, new_id, now
from shared.store.tables.changes import Change, ChangedJob
from shared.store.tables.jobs import HeardVoice, Job, JobVoices
from shared.store.tables.speakers import ConfusablePair, Sample, Speaker, Voiceprint
from shared.store.tables.tenants import ApiKey, Tenant, Usage
from shared.store.tables.webhooks import (
    Delivery,
    DeliveryAttempt,
    WebhookEndpoint,
    WebhookHost,
    WebhookSecret,
)

__all__ = [
    "ApiKey",
    "AuditRecord",
    "Base",
    "Change",
    "ChangedJob",
    "ConfusablePair",
    "Delivery",
    "DeliveryAttempt",
    "HeardVoice",
    "Job",
    "JobVoices",
    "Sample",
    "Speaker",
    "Tenant",
    "Usage",
    "UtcDateTime",
    "Voiceprint",
    "WebhookEndpoint",
    "WebhookHost",
    "WebhookSecret",
    "new_id",
    "now",
]
