"""What the service posts to its callers, for the document; the workers make and send it."""

from typing import Final

from api.deepaffects.answers import Outcome
from api.deepaffects.examples import OUTCOME
from api.documentation.document import Webhook
from api.v1.correction_examples import CORRECTION_EVENT
from api.v1.correction_schemas import CorrectionEvent
from api.v1.examples import EVENT, TEST_EVENT
from api.v1.resources import JobEvent
from api.v1.webhook_resources import WebhookTest

WEBHOOKS: Final[dict[str, Webhook]] = {
    "outcome": Webhook("A job of dialect 1 ended.", Outcome, OUTCOME),
    "jobEvent": Webhook("A job of dialect 2 ended.", JobEvent, EVENT),
    "jobCorrected": Webhook(
        "Names in a job of dialect 2 were changed after its end.", CorrectionEvent, CORRECTION_EVENT
    ),
    "webhookTest": Webhook("A test was asked for.", WebhookTest, TEST_EVENT),
}
