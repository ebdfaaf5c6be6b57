"""A receiver of Rollcall's webhooks with FastAPI.

ROLLCALL_WEBHOOK_SECRET=whsec_… fastapi run fastapi_receiver.py
"""

import os

from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, Response

from client import Identification, Job, verify_webhook
from client.errors import InvalidSignature

app = FastAPI()
# Two, with a blank between, while secrets change.
secrets = os.environ["ROLLCALL_WEBHOOK_SECRET"].split()
# A delivery may come twice. Several processes need one place for this: a table, or Redis.
seen: set[str] = set()


@app.post("/rollcall")
async def receive(request: Request, later: BackgroundTasks) -> Response:
    """Answer first, work later: within 15 seconds."""
    try:
        event = verify_webhook(await request.body(), request.headers, *secrets)
    except InvalidSignature as error:
        raise HTTPException(401, str(error)) from None
    if event.id not in seen and event.job is not None:
        seen.add(event.id)
        later.add_task(show, event.job)
    return Response(status_code=204)


def show(job: Job) -> None:
    """What is done with an answer."""
    if isinstance(job.result, Identification):
        for segment in job.result.segments:
            print(job.metadata.get("call"), segment.start_seconds, segment.end_seconds, segment.name)
    elif job.error is not None:
        print(job.id, job.error.code, job.error.message)
