"""Turns of waiting jobs between tenants, and how many jobs of a tenant may wait."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INDICES = {
    "ix_jobs_waiting": ["state", "queue", "turn", "created_at"],
    "ix_jobs_tenant_turns": ["tenant_id", "queue", "turn"],
    "ix_jobs_tenant_state": ["tenant_id", "state", "queue"],
}
USUAL_AUDIO_SECONDS = 60


def upgrade() -> None:
    op.add_column("jobs", sa.Column("turn", sa.Double(), nullable=False, server_default="0"))
    op.add_column("usage", sa.Column("jobs", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("tenants", sa.Column("max_waiting_jobs", sa.Integer(), nullable=True))
    # How many jobs this month's seconds came from was not counted.
    usage = sa.table("usage", sa.column("audio_seconds", sa.Double()), sa.column("jobs", sa.Integer()))
    op.execute(
        sa.update(usage).values(jobs=1 + sa.cast(usage.c.audio_seconds / USUAL_AUDIO_SECONDS, sa.Integer()))
    )
    op.drop_index("ix_jobs_state_queue", "jobs")
    for name, columns in INDICES.items():
        op.create_index(name, "jobs", columns)


def downgrade() -> None:
    for name in INDICES:
        op.drop_index(name, "jobs")
    op.create_index("ix_jobs_state_queue", "jobs", ["state", "queue"])
    op.drop_column("tenants", "max_waiting_jobs")
    op.drop_column("usage", "jobs")
    op.drop_column("jobs", "turn")
