"""Where an asynchronous job stands."""

from typing import Any

from api.authentication import current_caller
from api.context import services
from api.deepaffects import examples
from api.deepaffects.answers import Status
from api.deepaffects.blueprint import dialect
from api.deepaffects.schemas import StatusQuery
from shared.errors import JobNotFound
from shared.store import jobs
from shared.wire.deepaffects import status_body


@dialect.get("/transaction/generic/api/v1/async/status")
@dialect.arguments(StatusQuery, location="query")
@dialect.answers(200, Status, "Where the job stands.", example=examples.STATUS)
@dialect.fails_with(JobNotFound)
def read_status(query: dict[str, Any]) -> dict[str, Any]:
    """Completed, Failed or Running; with the webhook's body once there is one."""
    with services().store.reading() as session:
        job = jobs.find_by_request(session, current_caller().tenant_id, query["request_id"])
    if job is None:
        raise JobNotFound(
            f"request_id {query['request_id']!r} is not known; use the one that the accepted call answered.",
            field="request_id",
        )
    return status_body(job.request_id, job.kind, job.state, job.result, job.error)
