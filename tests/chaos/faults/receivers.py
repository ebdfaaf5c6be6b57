"""Webhook receivers of every bad kind, over three days by a clock of the test's own."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import standardwebhooks.webhooks
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from deploy.local.lone_gateway import NO_REDIS
from deploy.processes.preparation import prepare_ledger
from shared.domain import DeliveryState
from shared.services import Services, make_services
from shared.settings import Settings
from shared.store import deliveries, dispatch, webhook_secrets
from shared.store.schema import Delivery, Tenant
from tests.chaos.receivers import Talk, answering, dripping, nobody, receiver, resetting
from tests.chaos.table import Row
from worker.delivery import deliver
from worker.webhooks import posting
from worker.webhooks.schedule import JITTER_SHARE, RETRY_DELAYS_SECONDS

START = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
PAUSE_SECONDS = 600
GONE = 410
BODY = b'{"type": "job.succeeded"}'
# How long an attempt may take, and with it the time from one attempt to the next.
SLACK_SECONDS = 20


@dataclass
class Case:
    """A kind of receiver, what came to it, and when by the case's own clock."""

    name: str
    talk: Talk | None
    pause_seconds: float = 0
    moment: datetime = START
    posts: list[tuple[datetime, bytes]] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.moment

    def open(self) -> AbstractContextManager[str]:
        if self.talk is None:
            return nobody()
        talk = self.talk

        def remembering(connection: socket.socket, request: bytes) -> None:
            self.posts.append((self.moment, request))
            talk(connection, request)

        return receiver(remembering)


def _cases() -> list[Case]:
    return [
        Case("down", None),
        Case("1 byte/s", dripping),
        Case("resetting", resetting),
        Case("redirecting", answering(302, "Location: /elsewhere")),
        Case("500", answering(500)),
        Case("410", answering(GONE)),
        Case("429", answering(429, f"Retry-After: {PAUSE_SECONDS}"), PAUSE_SECONDS),
    ]


def misbehave(folder: Path, attempts: int) -> list[Row]:
    """The schedule is kept with each of them, and the reference library verifies every attempt."""
    networks: Any = "127.0.0.0/8"
    settings = Settings(_env_file=None, data_dir=folder, redis_url=NO_REDIS, egress_allow=networks)  # type: ignore[call-arg]
    prepare_ledger(make_services(settings))
    services, cases = make_services(settings), _cases()
    whole = attempts > len(RETRY_DELAYS_SECONDS)
    hurried = nullcontext() if whole else patch.object(posting, "ATTEMPT_SECONDS", 1.0)
    with hurried, ThreadPoolExecutor(len(cases)) as pool:
        kept = list(pool.map(lambda case: _follow(services, case, attempts), cases))
    verified, posts = _verified(services, cases), sum(len(case.posts) for case in cases)
    services.store.close()
    off = [case.name for case, on_time in zip(cases, kept, strict=True) if not on_time]
    return [
        Row(
            "webhook receivers down, slow, resetting, redirecting, 500, 410, 429",
            len(cases),
            len(cases),
            len(cases) - len(off),
            0,
            0,
            None,
            "schedule kept under a fake clock, all signatures verified",
            not off and verified == posts,
            f"{verified}/{posts} signatures verified; off schedule: {', '.join(off) or 'none'}",
        )
    ]


def _follow(services: Services, case: Case, attempts: int) -> bool:
    """Whether a delivery's attempts come when they should, up to so many."""
    with case.open() as url:
        with services.store.writing() as session:
            tenant_id = session.scalar(select(Tenant.id))
            delivery = dispatch.new_delivery(session, tenant_id, services.keyring, url, BODY, job_id=None)
            delivery.next_attempt_at = delivery.schedule_started_at = case.moment
        for _ in range(attempts):
            deliver(services, delivery.id, case.clock)
            with services.store.reading() as session:
                current = session.get_one(Delivery, delivery.id)
            if current.next_attempt_at is None:
                break
            case.moment = current.next_attempt_at
        with services.store.reading() as session:
            made = [attempt.attempted_at for attempt in deliveries.attempts_of(session, delivery.id)]
    if case.name == str(GONE):
        return len(made) == 1 and current.state == DeliveryState.EXHAUSTED
    return len(made) == attempts and all(map(_on_time(case), range(len(made) - 1), made, made[1:]))


def _on_time(case: Case) -> Callable[[int, datetime, datetime], bool]:
    def on_time(number: int, before: datetime, after: datetime) -> bool:
        delay = max(RETRY_DELAYS_SECONDS[number], case.pause_seconds)
        waited = after - before
        latest = timedelta(seconds=delay * (1 + JITTER_SHARE) + SLACK_SECONDS)
        return timedelta(seconds=delay) <= waited <= latest

    return on_time


def _verified(services: Services, cases: list[Case]) -> int:
    with services.store.writing() as session:
        tenant_id = session.scalar(select(Tenant.id))
        secret = webhook_secrets.in_use(session, tenant_id, services.keyring, START)[0].secret
    return sum(_verifies(secret, moment, request) for case in cases for moment, request in case.posts)


def _verifies(secret: str, moment: datetime, request: bytes) -> bool:
    """By the reference library, whose clock stands where the case's stood."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return moment.astimezone(tz)

    head, _, body = request.partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")[1:]
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    with patch.object(standardwebhooks.webhooks, "datetime", Then):
        try:
            Webhook(secret).verify(body, headers)
        except WebhookVerificationError:
            return False
    return True
