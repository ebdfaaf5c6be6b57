"""Changes of names after jobs have ended, the voices that are compared again, and strangers' labels."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("tenants", sa.Column("recognises_strangers", sa.Boolean(), nullable=True))
    op.add_column("deliveries", sa.Column("change_id", sa.String(255), nullable=True))
    op.create_index("ix_deliveries_change_id", "deliveries", ["change_id"])
    _create_heard_voices()
    _create_changes()
    op.create_table(
        "changed_jobs",
        sa.Column("change_id", sa.String(255), nullable=False),
        sa.Column("job_id", sa.String(255), nullable=False),
        sa.Column("num_differences", sa.Integer(), nullable=False),
        sa.Column("sealed_patch", sa.LargeBinary(), nullable=False),
        _foreign_key("changed_jobs", "change_id", "changes"),
        _foreign_key("changed_jobs", "job_id", "jobs"),
        sa.PrimaryKeyConstraint("change_id", "job_id", name="pk_changed_jobs"),
    )
    op.create_index("ix_changed_jobs_job_id", "changed_jobs", ["job_id"])


def _create_heard_voices() -> None:
    op.create_table(
        "heard_voices",
        sa.Column("job_id", sa.String(255), nullable=False),
        sa.Column("label", sa.String(255), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("stranger", sa.String(255), nullable=True),
        sa.Column("model_id", sa.String(255), nullable=False),
        sa.Column("line", sa.String(255), nullable=False),
        sa.Column("windows", sa.Double(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _foreign_key("heard_voices", "job_id", "jobs"),
        _foreign_key("heard_voices", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("job_id", "label", name="pk_heard_voices"),
    )
    op.create_index("ix_heard_voices_created_at", "heard_voices", ["created_at"])
    op.create_index("ix_heard_voices_tenant_created", "heard_voices", ["tenant_id", "created_at"])


def _create_changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("kind", sa.String(255), nullable=False),
        sa.Column("state", sa.String(255), nullable=False),
        sa.Column("sealed_details", sa.LargeBinary(), nullable=False),
        sa.Column("mentions", sa.Text(), nullable=False),
        sa.Column("undoes", sa.String(255), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _foreign_key("changes", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
    )
    op.create_index("ix_changes_tenant_created", "changes", ["tenant_id", "created_at", "id"])
    op.create_index("ix_changes_state_queued", "changes", ["state", "queued_at"])


def _foreign_key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    for name in ("changed_jobs", "changes", "heard_voices"):
        op.drop_table(name)
    op.drop_index("ix_deliveries_change_id", "deliveries")
    op.drop_column("deliveries", "change_id")
    op.drop_column("tenants", "recognises_strangers")
