"""Quotas of audio seconds per tenant and month, and an index to count waiting jobs by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("tenants", sa.Column("monthly_quota_seconds", sa.Double(), nullable=True))
    op.create_index("ix_jobs_state_queue", "jobs", ["state", "queue"])
    op.create_table(
        "usage",
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("month", sa.String(255), nullable=False),
        sa.Column("audio_seconds", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_usage_tenant_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "month", name="pk_usage"),
    )


def downgrade() -> None:
    op.drop_table("usage")
    op.drop_index("ix_jobs_state_queue", "jobs")
    op.drop_column("tenants", "monthly_quota_seconds")
