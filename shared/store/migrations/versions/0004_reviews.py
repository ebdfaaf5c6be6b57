"""What comparing enrolled voices with each other finds: warnings, agreement, and confusable speakers."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("samples", sa.Column("warnings", sa.JSON(), nullable=True))
    op.add_column("samples", sa.Column("agreement", sa.JSON(), nullable=True))
    op.add_column("speakers", sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_speakers_review_due_at", "speakers", ["review_due_at"])
    # Those who were enrolled before are reviewed once, too.
    speakers = sa.table("speakers", sa.column("review_due_at", sa.DateTime(timezone=True)))
    op.execute(sa.update(speakers).values(review_due_at=datetime.now(UTC)))
    op.create_table(
        "confusable_pairs",
        sa.Column("first_key", sa.String(255), nullable=False),
        sa.Column("second_key", sa.String(255), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("false_accept_probability", sa.Double(), nullable=False),
        _foreign_key("first_key", "speakers"),
        _foreign_key("second_key", "speakers"),
        _foreign_key("tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("first_key", "second_key", name="pk_confusable_pairs"),
    )
    op.create_index("ix_confusable_pairs_second_key", "confusable_pairs", ["second_key"])
    op.create_index(
        "ix_confusable_pairs_tenant_score",
        "confusable_pairs",
        ["tenant_id", "score", "first_key", "second_key"],
    )


def _foreign_key(column: str, table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_confusable_pairs_{column}"
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete="CASCADE")


def downgrade() -> None:
    op.drop_table("confusable_pairs")
    op.drop_index("ix_speakers_review_due_at", "speakers")
    op.drop_column("speakers", "review_due_at")
    op.drop_column("samples", "agreement")
    op.drop_column("samples", "warnings")
