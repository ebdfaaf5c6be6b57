"""One receiver that swallows everything, beside many that are well."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from sqlalchemy import select

from shared.services import Services, make_services
from shared.store import dispatch
from shared.store.schema import Tenant
from tests.chaos.fleet import running_fleet
from tests.chaos.inbox import Inbox, open_inbox
from tests.chaos.receivers import receiver, silent
from tests.chaos.table import Row

HEALTHY = 20
PER_SECOND = 40
BLACK_HOLE_EVERY = HEALTHY
WARM_UP = 40
# In turn, so that whatever else the machine does meets both alike.
ROUNDS = 5
MOST_TIMES_SLOWER = 1.1


def black_hole(folder: Path, deliveries: int) -> list[Row]:
    """So many deliveries to healthy receivers without it, and as many beside it, in turn."""
    with running_fleet(folder, workers=1) as fleet, ExitStack() as stack:
        services = make_services(fleet.settings)
        inboxes = [stack.enter_context(open_inbox()) for _ in range(HEALTHY)]
        hole = stack.enter_context(receiver(silent))
        _send(services, inboxes, WARM_UP, None)
        alone: list[float] = []
        beside: list[float] = []
        for _ in range(ROUNDS):
            alone += _send(services, inboxes, deliveries // ROUNDS, None)
            beside += _send(services, inboxes, deliveries // ROUNDS, hole)
        services.store.close()
    slow, fast = (float(np.percentile(times, 99)) for times in (beside, alone))
    accepted = ROUNDS * (deliveries // ROUNDS)
    lost = accepted - len(beside)
    return [
        Row(
            f"a black hole beside {HEALTHY} healthy receivers",
            ROUNDS,
            accepted,
            len(beside),
            lost,
            0,
            None,
            f"healthy p99 <= {MOST_TIMES_SLOWER} x without it",
            not lost and slow <= MOST_TIMES_SLOWER * fast,
            f"p99 {slow * 1000:.0f} ms, {fast * 1000:.0f} ms without it: {slow / fast:.2f} x; "
            f"p50 {np.median(beside) * 1000:.0f} and {np.median(alone) * 1000:.0f} ms",
        )
    ]


def _send(services: Services, inboxes: Sequence[Inbox], number: int, hole: str | None) -> list[float]:
    """Seconds from the commit of each delivery to a healthy receiver until it arrived."""
    sent: dict[str, tuple[Inbox, float]] = {}
    for place in _paced(number):
        inbox = inboxes[place % len(inboxes)]
        sent[_new(services, inbox.url)] = inbox, time.time()
        if hole and place % BLACK_HOLE_EVERY == 0:
            _new(services, hole)
    for inbox in inboxes:
        inbox.wait_for({one for one, (where, _) in sent.items() if where is inbox}, 60)
    return [
        inbox.arrived_at[one] - started for one, (inbox, started) in sent.items() if one in inbox.arrived_at
    ]


def _paced(number: int) -> Iterator[int]:
    started = time.monotonic()
    for place in range(number):
        time.sleep(max(0.0, started + place / PER_SECOND - time.monotonic()))
        yield place


def _new(services: Services, url: str) -> str:
    with services.store.writing() as session:
        tenant_id = session.scalar(select(Tenant.id))
        delivery_id = dispatch.new_delivery(session, tenant_id, services.keyring, url, b"{}", job_id=None).id
    services.queue.send_delivery(delivery_id)
    return delivery_id
