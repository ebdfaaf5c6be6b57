"""A receiver of Rollcall's webhooks with Flask.

ROLLCALL_WEBHOOK_SECRET=whsec_… flask --app flask_receiver run
"""

import os

from flask import Flask, request

from client import Identification, verify_webhook
from client.errors import InvalidSignature

app = Flask(__name__)
# Two, with a blank between, while secrets change.
secrets = os.environ["ROLLCALL_WEBHOOK_SECRET"].split()
# A delivery may come twice. Several processes need one place for this: a table, or Redis.
seen: set[str] = set()


@app.post("/rollcall")
def receive() -> tuple[str, int]:
    """Answer within 15 seconds; what takes longer is for another process."""
    try:
        event = verify_webhook(request.get_data(), request.headers, *secrets)
    except InvalidSignature as error:
        return str(error), 401
    if event.id in seen:
        return "", 204
    seen.add(event.id)
    job = event.job
    if job is not None and isinstance(job.result, Identification):
        for segment in job.result.segments:
            print(job.metadata.get("call"), segment.start_seconds, segment.end_seconds, segment.name)
    elif job is not None and job.error is not None:
        print(job.id, job.error.code, job.error.message)
    return "", 204
