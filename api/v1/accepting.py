"""What every call that makes a job has in common: Idempotency-Key, and Prefer: wait."""

import re
from dataclasses import replace
from typing import Any

from flask import Response, jsonify, request

from api.context import services, submissions
from api.documentation.blueprint import Decorator, View
from api.submission import Submission
from api.v1 import resources
from api.v1.blueprint import V1Blueprint
from shared.domain import JobState
from shared.errors import IdempotencyKeyReused, InvalidField, NotFound, Overloaded, RequestIdReused, WaitEnded
from shared.queue import ASYNC, SYNC
from shared.store import jobs
from shared.store.schema import Job
from shared.wire import v1

KEY = re.compile(r"[\x21-\x7e]{1,200}")
# RFC 7240, section 2: blanks around the sign, and the value perhaps quoted.
PREFERENCE = re.compile(r"""(?:^|,)\s*wait\s*=\s*(\d{1,5}|"\d{1,5}")\s*(?=$|[,;])""", re.IGNORECASE)


HEADERS = (
    {
        "in": "header",
        "name": "Idempotency-Key",
        "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
        "description": "The same request sent again with it is the same job.",
    },
    {
        "in": "header",
        "name": "Prefer",
        "schema": {"type": "string"},
        "description": "wait=N waits up to N seconds for the end, and then answers 200.",
        "example": "wait=30",
    },
)


def job_links(where: str = "$response.body#/id") -> dict[str, Any]:
    """Where to go on with a job whose id stands at ``where``."""
    told = {
        "readJob": "Where the job stands.",
        "cancelJob": "Cancel it.",
        "readResult": "What it found.",
        "readEvents": "Its progress as it happens.",
    }
    return {
        name: {"operationId": name, "parameters": {"job_id": where}, "description": text}
        for name, text in told.items()
    }


def accepts_job(blueprint: V1Blueprint, example: dict[str, Any]) -> Decorator:
    """Document what :func:`accept` takes and answers."""

    def decorate(view: View) -> View:
        location = {"Location": {"description": "The job.", "schema": {"type": "string"}}}
        view = blueprint.answers(
            202, resources.Job, "Accepted.", example=example, headers=location, links=job_links()
        )(view)
        view = blueprint.answers(
            200,
            resources.FinishedJob,
            "The job ended while the request waited, with its result or its error.",
            headers=location,
            links=job_links(),
        )(view)
        documented: View = blueprint.doc(parameters=list(HEADERS))(view)
        return documented

    return decorate


def accept(submission: Submission) -> Response:
    """202 with the job as it was accepted; 200 with its result if the caller waits and it is done in time."""
    seconds = preferred_wait_seconds(request.headers.get("Prefer", ""))
    submission = replace(
        submission, request_id=idempotency_key(), queue=SYNC if seconds else submission.queue or ASYNC
    )
    try:
        job = submissions().accept(submission)
    except RequestIdReused:
        raise IdempotencyKeyReused from None
    ended = _waited_for(job, seconds) if seconds else None
    webhook = submission.webhook_url
    response = _finished(ended, webhook) if ended else _accepted(job, webhook)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    if seconds:
        response.headers["Preference-Applied"] = f"wait={seconds}"
    return response


def _accepted(job: Job, webhook: str | None) -> Response:
    # As it was accepted, however far it is by now: the same request gets the same answer again.
    accepted = v1.job_resource(job, webhook) | {
        "status": JobState.QUEUED,
        "attempts": 0,
        **dict.fromkeys(("started_at", "finished_at", "audio_seconds", "model", "error", "progress")),
    }
    response = jsonify(accepted)
    response.status_code = 202
    return response


def _finished(job: Job, webhook: str | None) -> Response:
    result = v1.job_result(job) if job.state == JobState.SUCCEEDED else None
    return jsonify(v1.job_resource(job, webhook) | {"result": result})


def _waited_for(job: Job, seconds: int) -> Job | None:
    try:
        with submissions().waiting_room.seat(job.tenant_id):
            ended = submissions().wait(job, min(seconds, services().settings.sync_wait_seconds))
    except (WaitEnded, Overloaded):
        return None  # to wait is a preference; the job is accepted all the same
    if ended is None:
        raise NotFound("The job was removed while this request waited for it.")
    with services().store.reading() as session:
        return jobs.get(session, ended.id)


def idempotency_key() -> str | None:
    """The request's Idempotency-Key, told from callers' own request ids. Raises InvalidField."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not KEY.fullmatch(key):
        raise InvalidField(
            "Idempotency-Key must be 1 to 200 printable characters without blanks.", field="Idempotency-Key"
        )
    return f"key:{key}"


def preferred_wait_seconds(prefer: str) -> int:
    """How long a Prefer header asks to wait for the answer; 0 if it does not."""
    found = PREFERENCE.search(prefer)
    return int(found[1].strip('"')) if found else 0
