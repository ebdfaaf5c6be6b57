"""Addresses, bodies of webhooks and receivers' answers are sealed; each number of an attempt is used once.

What is there is sealed by the tenants' keys, for which the master key has to be at hand. Hashes under keys
stand for hosts and receivers. Which receivers were in trouble is forgotten.
"""

import base64
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import context, op

from shared.crypto import KeyRing, keyed_hash, seal

revision = "0008"
down_revision = "0007"

AT_ONCE = 200
PORTS = {"http": 80, "https": 443}
# What the version before put in front of an address of audio that was sealed.
SEALED = "sealed:"

jobs = sa.table("jobs", *map(sa.column, ("id", "tenant_id", "audio_url", "webhook_url")),
                *map(sa.column, ("sealed_audio_url", "sealed_webhook_url")))  # fmt: skip
deliveries = sa.table("deliveries", *map(sa.column, ("id", "tenant_id", "url", "body", "attempts")),
                      *map(sa.column, ("sealed_url", "sealed_body", "host_key")),
                      *map(sa.column, ("endpoint_key", "attempts_ever")))  # fmt: skip
attempts = sa.table("delivery_attempts", *map(sa.column, ("id", "delivery_id", "number", "attempted_at")),
                    *map(sa.column, ("answer", "sealed_answer")))  # fmt: skip


def upgrade() -> None:
    _add_columns()
    _seal_jobs()
    _seal_deliveries()
    _seal_answers()
    _number_attempts()
    _drop_columns()
    _hash_receivers()


def _add_columns() -> None:
    for table, names in (
        ("jobs", ("sealed_audio_url", "sealed_webhook_url")),
        ("deliveries", ("sealed_url", "sealed_body")),
        ("delivery_attempts", ("sealed_answer",)),
    ):
        for name in names:
            op.add_column(table, sa.Column(name, sa.LargeBinary(), nullable=True))
    op.add_column("deliveries", sa.Column("host_key", sa.String(64), nullable=True))
    op.add_column("deliveries", sa.Column("attempts_ever", sa.Integer(), nullable=True))


@cache
def _key_of(tenant_id: str) -> bytes:
    tenants = sa.table("tenants", sa.column("id"), sa.column("wrapped_key", sa.LargeBinary))
    wrapped = sa.select(tenants.c.wrapped_key).where(tenants.c.id == tenant_id)
    return _keyring().unwrap(op.get_bind().execute(wrapped).scalar_one(), tenant_id)


def _keyring() -> KeyRing:
    found: KeyRing | None = context.config.attributes.get("keyring")
    if found is None:
        raise RuntimeError("this migration seals what is in the ledger, and was given no master key")
    return found


def _sealed(tenant_id: str, column: str, row_id: str, plain: str | bytes) -> bytes:
    plain = plain.encode() if isinstance(plain, str) else plain
    return seal(_key_of(tenant_id), plain, f"{column}/{tenant_id}/{row_id}")


def _rows(table: Any, query: sa.Select[Any]) -> Iterator[Any]:
    """All rows of a query, some at a time, so that they may be changed and need not be in memory at once."""
    last = ""
    while (
        some := op.get_bind()
        .execute(query.where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE))
        .all()
    ):
        yield from some
        last = some[-1].id


def _change(table: Any, row_id: str, **values: Any) -> None:
    op.execute(sa.update(table).where(table.c.id == row_id).values(values))


# What stood in clear is overwritten as well: PostgreSQL keeps a dropped column's values in its rows.


def _seal_jobs() -> None:
    wanted = sa.select(jobs.c.id, jobs.c.tenant_id, jobs.c.audio_url, jobs.c.webhook_url)
    wanted = wanted.where(sa.or_(jobs.c.audio_url.is_not(None), jobs.c.webhook_url.is_not(None)))
    for job_id, tenant_id, audio_url, webhook_url in _rows(jobs, wanted):
        values: dict[str, Any] = {"audio_url": None, "webhook_url": None}
        if audio_url:
            values["sealed_audio_url"] = _sealed_audio_url(tenant_id, job_id, audio_url)
        if webhook_url:
            values["sealed_webhook_url"] = _sealed(tenant_id, "job-webhook", job_id, webhook_url)
        _change(jobs, job_id, **values)


def _sealed_audio_url(tenant_id: str, job_id: str, kept: str) -> bytes:
    if kept.startswith(SEALED):
        return base64.b64decode(kept.removeprefix(SEALED))
    return _sealed(tenant_id, "audio-url", job_id, kept)


def _seal_deliveries() -> None:
    wanted = sa.select(deliveries.c.id, deliveries.c.tenant_id, deliveries.c.url, deliveries.c.body)
    for delivery_id, tenant_id, url, body in _rows(deliveries, wanted):
        parts = urlsplit(url)
        host = f"{parts.hostname}:{parts.port or PORTS[parts.scheme]}"
        receiver = f"webhook-endpoint/{parts.scheme}://{host}{parts.path}"
        _change(
            deliveries,
            delivery_id,
            url="",
            body=b"",
            sealed_url=_sealed(tenant_id, "delivery-url", delivery_id, url),
            sealed_body=_sealed(tenant_id, "delivery-body", delivery_id, bytes(body)),
            host_key=_keyring().hash(f"webhook-host/{host}"),
            endpoint_key=keyed_hash(_key_of(tenant_id), receiver),
        )


def _seal_answers() -> None:
    wanted = sa.select(attempts.c.id, deliveries.c.tenant_id, attempts.c.answer)
    wanted = wanted.join_from(attempts, deliveries, deliveries.c.id == attempts.c.delivery_id)
    for attempt_id, tenant_id, answer in _rows(attempts, wanted.where(attempts.c.answer.is_not(None))):
        sealed = _sealed(tenant_id, "delivery-answer", attempt_id, answer)
        _change(attempts, attempt_id, answer=None, sealed_answer=sealed)


def _number_attempts() -> None:
    """In order of time: a schedule that was started anew began to count anew."""
    other = attempts.alias("other")
    same = other.c.delivery_id == attempts.c.delivery_id
    moment = sa.tuple_(attempts.c.attempted_at, attempts.c.id)
    until = sa.select(sa.func.count()).where(same, sa.tuple_(other.c.attempted_at, other.c.id) <= moment)
    op.execute(sa.update(attempts).values(number=until.scalar_subquery()))
    made = sa.select(sa.func.count()).where(attempts.c.delivery_id == deliveries.c.id).scalar_subquery()
    # One may be under way: more than enough is no harm, and less would be.
    op.execute(sa.update(deliveries).values(attempts_ever=made + deliveries.c.attempts))


def _drop_columns() -> None:
    op.drop_index("ix_deliveries_host_leased", "deliveries")
    with op.batch_alter_table("jobs") as table:
        table.drop_column("audio_url")
        table.drop_column("webhook_url")
    with op.batch_alter_table("deliveries") as table:
        for name in ("url", "body", "host"):
            table.drop_column(name)
        for name in ("sealed_url", "sealed_body"):
            table.alter_column(name, existing_type=sa.LargeBinary(), nullable=False)
        table.alter_column("host_key", existing_type=sa.String(64), nullable=False)
        table.alter_column("attempts_ever", existing_type=sa.Integer(), nullable=False)
    op.create_index("ix_deliveries_host_key_leased", "deliveries", ["host_key", "leased_until"])
    op.create_index("ix_deliveries_tenant_leased", "deliveries", ["tenant_id", "leased_until"])
    op.drop_index("ix_delivery_attempts_delivery_id", "delivery_attempts")
    with op.batch_alter_table("delivery_attempts") as table:
        table.drop_column("answer")
        table.create_unique_constraint("uq_delivery_attempts_delivery_id_number", ["delivery_id", "number"])


def _hash_receivers() -> None:
    op.execute(sa.delete(sa.table("webhook_endpoints")))
    op.drop_table("webhook_hosts")
    op.create_table(
        "webhook_hosts",
        sa.Column("key", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_webhook_hosts"),
    )


def downgrade() -> None:
    raise NotImplementedError("what is sealed stays sealed; restore the backup of the version before")
