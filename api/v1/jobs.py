"""Jobs: list, read, cancel, their events."""

from contextlib import ExitStack
from typing import Any

from flask import Response, jsonify, request
from marshmallow import fields, validate
from redis.exceptions import RedisError

from api.authentication import current_caller, needs
from api.context import services, submissions
from api.v1 import examples, resources
from api.v1.accepting import job_links
from api.v1.blueprint import V1Blueprint
from api.v1.events import event_stream
from api.v1.paging import PageQuery, page, read_cursor
from shared.domain import JobState, Scope
from shared.errors import JobFinished, JobNotFound
from shared.metrics.definitions import JOBS_FINISHED
from shared.store import jobs as ledger
from shared.store.listing import position
from shared.store.row_seals import webhook_of
from shared.store.schema import Job
from shared.wire import v1

jobs = V1Blueprint("jobs", "where they stand, what they found")

RESUME_PARAMETER = {
    "in": "header",
    "name": "Last-Event-ID",
    "schema": {"type": "string"},
    "description": "The last event that was heard; those after it follow.",
}


class JobsQuery(PageQuery):
    """The query of the list of jobs."""

    status = fields.String(
        load_default=None,
        allow_none=False,
        validate=validate.OneOf(list(JobState), error=f"must be one of {', '.join(JobState)}."),
    )


@jobs.get("/jobs")
@jobs.arguments(JobsQuery, location="query")
@jobs.answers(
    200, resources.page_of(resources.Job), "A page of jobs.", example=examples.page(examples.SUCCEEDED)
)
@jobs.fails_with()
def list_jobs(query: dict[str, Any]) -> Response:
    """The tenant's jobs, newest first."""
    with services().store.reading() as session:
        found = ledger.newest(
            session,
            current_caller().tenant_id,
            state=query["status"],
            after=read_cursor(query["cursor"]),
            limit=query["limit"] + 1,
        )
        webhooks = {job.id: webhook_of(session, job, services().keyring) for job in found}
    return page(found, query["limit"], position, lambda job: v1.job_resource(job, webhooks[job.id]))


@jobs.get("/jobs/<job_id>")
@jobs.answers(200, resources.Job, "The job.", example=examples.RUNNING, links=job_links())
@jobs.fails_with(JobNotFound)
def read_job(job_id: str) -> Response:
    """A job, with its progress while it runs."""
    job = find_job(job_id)
    return _shown(job, _progress(job))


@jobs.delete("/jobs/<job_id>")
@jobs.answers(200, resources.Job, "The job, canceled.", example=examples.CANCELED)
@jobs.fails_with(JobNotFound, JobFinished)
@needs(Scope.IDENTIFY)
def cancel_job(job_id: str) -> Response:
    """Cancel a job that waits or runs. A worker that runs it stops within seconds."""
    find_job(job_id)
    with services().store.writing() as session:
        canceled = ledger.cancel(session, current_caller().tenant_id, job_id)
    if not canceled:
        raise JobFinished("The job has ended already; only one that waits or runs can be canceled.")
    job = find_job(job_id)
    services().metrics.count(JOBS_FINISHED, kind=job.kind, state=job.state)
    if job.blob_key:
        services().blobs.delete(job.blob_key)
    _announce(job.id)
    return _shown(job)


@jobs.get("/jobs/<job_id>/events")
@jobs.doc(parameters=[RESUME_PARAMETER])
@jobs.answers(
    200, resources.StreamEvent, "The events.", content_type="text/event-stream", example=examples.EVENTS
)
@jobs.fails_with(JobNotFound)
def read_events(job_id: str) -> Response:
    """Server-sent events: progress, then the finished job; Last-Event-ID resumes."""
    job = find_job(job_id)
    seat = ExitStack()
    seat.enter_context(submissions().waiting_room.seat(job.tenant_id))
    stream = event_stream(services(), job, request.headers.get("Last-Event-ID", ""))
    response = Response(stream, content_type="text/event-stream", headers={"Cache-Control": "no-store"})
    response.call_on_close(seat.close)
    return response


def find_job(job_id: str) -> Job:
    """The caller's job. Raises JobNotFound."""
    with services().store.reading() as session:
        job = ledger.get_of_tenant(session, current_caller().tenant_id, job_id)
    if job is None:
        raise JobNotFound(f"There is no job {job_id!r}; GET /v1/jobs lists those there are.")
    return job


def _shown(job: Job, progress: dict[str, Any] | None = None) -> Response:
    with services().store.reading() as session:
        webhook = webhook_of(session, job, services().keyring)
    return jsonify(v1.job_resource(job, webhook, progress))


def _progress(job: Job) -> dict[str, Any] | None:
    if job.state != JobState.RUNNING:
        return None
    try:
        said = services().notices.latest(job.id)
    except RedisError:
        return None
    return {"stage": said.stage, "share": said.share} if said and not said.done else None


def _announce(job_id: str) -> None:
    try:
        services().notices.announce(job_id)
    except RedisError:
        return  # who waits for the job asks the ledger after a while
