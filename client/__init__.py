"""A client of the service: talks only HTTP.

from client import RollcallClient

rollcall = RollcallClient("http://127.0.0.1:8000", "rc_…")
rollcall.enroll("alice", Path("alice.wav"))
for segment in rollcall.identify(Path("meeting.wav")).segments:
    print(segment.start_seconds, segment.end_seconds, segment.name)
"""

from client.errors import RollcallError
from client.resources import Change, Enrollment, Identification, Job, Progress, Segment, Speaker
from client.service import ALL, RollcallClient
from client.webhooks import WebhookEvent, verify_webhook

__all__ = [
    "ALL",
    "Change",
    "Enrollment",
    "Identification",
    "Job",
    "Progress",
    "RollcallClient",
    "RollcallError",
    "Segment",
    "Speaker",
    "WebhookEvent",
    "verify_webhook",
]
