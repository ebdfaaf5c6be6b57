"""What becomes of jobs when the command that waits for them is stopped."""

from contextlib import suppress

from client.cli.following import Followed
from client.cli.output import Output
from client.service import RollcallClient
from tests.client.scripted import Answer, Scripted, events, job, result, scripted_service

ENDED = Answer(
    200,
    events(("succeeded", "end", job("succeeded", result=result()))),
    {"Content-Type": "text/event-stream"},
)


def stopped_after_a_job(service: Scripted) -> None:
    client = RollcallClient(service.url, "rc_key")
    followed = Followed(client, Output(quiet=True))
    with suppress(KeyboardInterrupt), followed.canceled_with_this():
        followed.succeeded(lambda: client.jobs.get("j1"), lambda _: None)
        raise KeyboardInterrupt


def test_a_job_that_has_ended_is_not_canceled() -> None:
    with scripted_service(Answer(200, job()), ENDED) as service:
        stopped_after_a_job(service)
    assert "DELETE" not in [heard.method for heard in service.heard]
