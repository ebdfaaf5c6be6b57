"""Who webhooks are sent to: how many are under way to a host, and which receivers are in trouble.

A circuit breaker: a receiver that fails several times in a row is left alone for a while, then one delivery
at a time tries whether it is back. Deliveries that wait for it use up none of their attempts.

The ledger knows hosts and receivers by keyed hashes, since names of hosts and paths hold tokens, too. A
receiver is a tenant's, and its hash is under his key; a host is everybody's, and its hash under a key of the
master key's: after a change of that, what waits from before is counted apart until it is done.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, bindparam, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.crypto import KeyRing
from shared.egress.targets import DEFAULT_PORTS
from shared.store.row_seals import RowSeal
from shared.store.schema import Delivery, WebhookEndpoint, WebhookHost

FAILURES_TOLERATED = 5
SUSPENDED_SECONDS = 60.0


@dataclass(frozen=True)
class Most:
    """How many attempts may be under way at once: to a host, and for a tenant.

    Hosts' names cost nothing, so the limit for each holds up nobody who has many silent ones.
    """

    per_host: int
    per_tenant: int


def host_key_of(keyring: KeyRing, url: str) -> str:
    """Names the host and port of a url that was checked before."""
    return keyring.hash(f"webhook-host/{_host_of(url)}")


def endpoint_key_of(seal: RowSeal, url: str) -> str:
    """Names a tenant's receiver. Callers put ids of their own into the query, so it does not count."""
    parts = urlsplit(url)
    return seal.hash(f"webhook-endpoint/{parts.scheme}://{_host_of(url)}{parts.path}")


def _host_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or DEFAULT_PORTS[parts.scheme]}"


def lock_host(session: Session, host_key: str) -> None:
    """Let nobody else count what is under way to a host before this transaction ends."""
    if session.get_bind().dialect.name == "sqlite":
        return  # one transaction writes at a time anyway
    locked = select(WebhookHost).where(WebhookHost.key == host_key).with_for_update()
    if session.scalar(locked) is not None:
        return
    try:
        with session.begin_nested():
            session.add(WebhookHost(key=host_key))
    except IntegrityError:
        session.scalar(locked)


def has_room(session: Session, delivery: Delivery, moment: datetime, most: Most) -> bool:
    """Whether few enough attempts are being made at a delivery's host, and for its tenant."""
    counted = {"host": delivery.host_key, "tenant": delivery.tenant_id, "moment": moment}
    # Those of the tenant are counted without a lock: one or two too many are no harm.
    at_host, of_tenant = session.execute(_COUNTED, counted).one()
    return bool(at_host < most.per_host and of_tenant < most.per_tenant)


def _under_way(which: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(which, Delivery.leased_until > bindparam("moment")).scalar_subquery()


# Made once: making them takes longer than answering them.
_LOCKED = (
    select(WebhookEndpoint)
    .where(WebhookEndpoint.key == bindparam("key"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_COUNTED = select(
    _under_way(Delivery.host_key == bindparam("host")), _under_way(Delivery.tenant_id == bindparam("tenant"))
)


def suspended(moment: datetime | BindParameter[datetime]) -> Select[str]:
    """Keys of the receivers that are left alone."""
    return select(WebhookEndpoint.key).where(WebhookEndpoint.suspended_until > moment)


def admit(session: Session, key: str, moment: datetime, trial_seconds: float) -> bool:
    """Whether a receiver may be sent to. One that was suspended is then suspended for the trial's length."""
    row = session.scalar(_LOCKED, {"key": key})
    if row is None or row.suspended_until is None:
        return True
    if row.suspended_until > moment:
        return False
    row.suspended_until = moment + timedelta(seconds=trial_seconds)
    return True


def note_answer(session: Session, key: str) -> None:
    """The receiver is well, or at least answers."""
    session.execute(delete(WebhookEndpoint).where(WebhookEndpoint.key == key))


def note_failure(session: Session, delivery: Delivery, moment: datetime, pause_seconds: float | None) -> None:
    """The receiver failed; ``pause_seconds`` is for how long it asked to be left alone, if it did."""
    row = _row_of(session, delivery)
    row.failures += 1
    pauses = [pause_seconds] if pause_seconds is not None else []
    if row.failures >= FAILURES_TOLERATED:
        pauses.append(SUSPENDED_SECONDS)
    row.suspended_until = moment + timedelta(seconds=max(pauses)) if pauses else None


def _row_of(session: Session, delivery: Delivery) -> WebhookEndpoint:
    found = session.scalar(_LOCKED, {"key": delivery.endpoint_key})
    if found is not None:
        return found
    try:
        with session.begin_nested():
            session.add(WebhookEndpoint(key=delivery.endpoint_key, tenant_id=delivery.tenant_id, failures=0))
    except IntegrityError:
        pass
    return session.scalars(_LOCKED, {"key": delivery.endpoint_key}).one()
