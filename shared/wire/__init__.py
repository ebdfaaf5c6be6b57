"""What goes over the wire, in each dialect, made from what the ledger holds.

The gateway answers with it and the workers post it to webhooks, so it is made in one place.
"""

import json

from shared.corrections import Correction
from shared.domain import Dialect
from shared.store.schema import Job
from shared.wire import deepaffects, v1, v1_changes


def webhook_body(job: Job, webhook: str | None) -> bytes:
    """The bytes that a finished job's webhook gets, in the dialect that the job was asked for in.

    The second argument is its address, which the job has sealed.
    """
    if job.dialect == Dialect.V1:
        return json.dumps(v1.job_event(job, webhook)).encode()
    return json.dumps(deepaffects.outcome_body(job.request_id, job.kind, job.result, job.error)).encode()


def correction_body(job: Job, webhook: str | None, correction: Correction) -> bytes:
    """The bytes that a job's webhook gets when its names were changed later, in the job's dialect.

    In dialect 1 it is the outcome again, as it is now, with the change beside it.
    """
    event = v1_changes.correction_event(job, webhook, correction)
    if job.dialect == Dialect.V1:
        return json.dumps(event).encode()
    outcome = deepaffects.outcome_body(job.request_id, job.kind, job.result, job.error)
    return json.dumps(outcome | {"change": event["data"]["change"]}).encode()
