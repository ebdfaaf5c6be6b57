"""Signed webhooks, their receivers' health, test events, and the beginning of what receivers answer."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        _of_tenant("webhook_secrets"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_secrets"),
    )
    op.create_index("ix_webhook_secrets_tenant_id", "webhook_secrets", ["tenant_id"])
    op.create_table(
        "webhook_hosts",
        sa.Column("host", sa.String(300), nullable=False),
        sa.PrimaryKeyConstraint("host", name="pk_webhook_hosts"),
    )
    op.create_table(
        "webhook_endpoints",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        _of_tenant("webhook_endpoints"),
        sa.PrimaryKeyConstraint("key", name="pk_webhook_endpoints"),
    )
    op.add_column("delivery_attempts", sa.Column("answer", sa.String(1024), nullable=True))
    with op.batch_alter_table("deliveries") as table:
        table.add_column(sa.Column("host", sa.String(300), nullable=False, server_default=""))
        table.add_column(sa.Column("endpoint_key", sa.String(64), nullable=False, server_default=""))
        for name in ("queued_at", "schedule_started_at"):
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        table.alter_column("job_id", existing_type=sa.String(255), nullable=True)
    _fill_in()
    with op.batch_alter_table("deliveries") as table:
        for name in ("host", "endpoint_key"):
            table.alter_column(name, existing_type=sa.String(), server_default=None)
        for name in ("queued_at", "schedule_started_at"):
            table.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_index("ix_deliveries_host_leased", "deliveries", ["host", "leased_until"])


def _of_tenant(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id"], ["tenants.id"], name=f"fk_{table}_tenant_id", ondelete="CASCADE"
    )


def _fill_in() -> None:
    # Hosts and receivers are named by 0008, in its own way.
    moments = ("queued_at", "schedule_started_at")
    deliveries = sa.table("deliveries", *(sa.column(name) for name in ("created_at", *moments)))
    op.execute(sa.update(deliveries).values(dict.fromkeys(moments, deliveries.c.created_at)))


def downgrade() -> None:
    op.execute("DELETE FROM deliveries WHERE job_id IS NULL")
    op.drop_index("ix_deliveries_host_leased", "deliveries")
    with op.batch_alter_table("deliveries") as table:
        table.alter_column("job_id", existing_type=sa.String(255), nullable=False)
        for name in ("host", "endpoint_key", "queued_at", "schedule_started_at"):
            table.drop_column(name)
    op.drop_column("delivery_attempts", "answer")
    for name in ("webhook_endpoints", "webhook_hosts", "webhook_secrets"):
        op.drop_table(name)
