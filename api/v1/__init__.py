"""Dialect 2: resources, problem details, cursors, and answers that explain themselves."""

from api.v1 import results  # noqa: F401 - its routes are the jobs' blueprint's
from api.v1.changes import changes
from api.v1.confusable import confusable
from api.v1.deliveries import deliveries
from api.v1.identifications import identifications
from api.v1.jobs import jobs
from api.v1.keys import keys
from api.v1.recordings import recordings
from api.v1.service import service
from api.v1.speaker_changes import speaker_changes
from api.v1.speakers import speakers
from api.v1.webhooks import webhooks

BLUEPRINTS = (
    identifications,
    jobs,
    recordings,
    speakers,
    confusable,
    changes,
    speaker_changes,
    deliveries,
    webhooks,
    keys,
    service,
)

__all__ = ["BLUEPRINTS"]
