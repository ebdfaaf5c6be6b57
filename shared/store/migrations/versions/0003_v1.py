"""What dialect 2 shows of jobs and samples, and segment embeddings for enrolment by reference."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("dialect", sa.String(255), nullable=False, server_default="deepaffects"))
    op.add_column("jobs", sa.Column("caller_metadata", sa.JSON(), nullable=True))
    op.add_column("jobs", sa.Column("audio_seconds", sa.Double(), nullable=True))
    op.add_column("jobs", sa.Column("model_id", sa.String(255), nullable=True))
    op.create_index("ix_jobs_tenant_created", "jobs", ["tenant_id", "created_at", "id"])
    op.add_column("samples", sa.Column("quality", sa.JSON(), nullable=True))
    op.add_column("samples", sa.Column("provenance", sa.JSON(), nullable=True))
    op.create_table(
        "job_voices",
        sa.Column("job_id", sa.String(255), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("model_id", sa.String(255), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_job_voices_job_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name="fk_job_voices_tenant_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name="pk_job_voices"),
    )
    op.create_index("ix_job_voices_created_at", "job_voices", ["created_at"])


def downgrade() -> None:
    op.drop_table("job_voices")
    op.drop_column("samples", "provenance")
    op.drop_column("samples", "quality")
    op.drop_index("ix_jobs_tenant_created", "jobs")
    for column in ("model_id", "audio_seconds", "caller_metadata", "dialect"):
        op.drop_column("jobs", column)
