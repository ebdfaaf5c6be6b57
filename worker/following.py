"""Whose job or delivery is worked on: in every line that is written meanwhile, and in its trace."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from shared.logging import HTTP_REQUEST_ID
from shared.store.jobs import Origin
from shared.store.schema import Delivery, Job
from shared.tracing import Attributes, Kind, Tracer
from worker.webhooks.posting import Outcome


@contextmanager
def following(tracer: Tracer, job: Job) -> Iterator[None]:
    """The block works on a job."""
    origin = Origin(job.http_request_id, job.trace_parent)
    about: Attributes = {
        "rollcall.job.id": job.id,
        "rollcall.job.kind": job.kind,
        "rollcall.job.attempt": job.attempts,
    }
    with (
        tracer.span(job.kind, Kind.CONSUMER, parent=origin.trace_parent, attributes=about),
        _bound(tracer, origin, job_id=job.id, tenant_id=job.tenant_id),
    ):
        yield


@contextmanager
def following_delivery(tracer: Tracer, delivery: Delivery, origin: Origin) -> Iterator[None]:
    """The block makes an attempt at a delivery; one that is of no job is a test."""
    about: Attributes = {
        "rollcall.delivery.id": delivery.id,
        "rollcall.delivery.attempt": delivery.attempts,
        "rollcall.job.id": delivery.job_id or "",
    }
    ids = {"delivery_id": delivery.id, "tenant_id": delivery.tenant_id}
    if delivery.job_id:
        ids["job_id"] = delivery.job_id
    with (
        tracer.span("deliver", Kind.CLIENT, parent=origin.trace_parent, attributes=about),
        _bound(tracer, origin, **ids),
    ):
        yield


def note_outcome(tracer: Tracer, outcome: Outcome) -> None:
    """Say in the trace what an attempt met."""
    if outcome.status_code is not None:
        tracer.note({"http.response.status_code": outcome.status_code})
    if not outcome.delivered:
        tracer.fail(outcome.error or str(outcome.status_code))


@contextmanager
def _bound(tracer: Tracer, origin: Origin, **ids: str) -> Iterator[None]:
    """What is not known is not said."""
    known = {HTTP_REQUEST_ID: origin.http_request_id, "trace_id": tracer.trace_id()}
    with structlog.contextvars.bound_contextvars(**ids, **{name: one for name, one in known.items() if one}):
        yield
