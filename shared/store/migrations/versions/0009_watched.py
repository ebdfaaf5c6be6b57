"""Jobs know the HTTP request that asked for them, so that logs and traces can be followed."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("jobs", sa.Column("http_request_id", sa.String(128), nullable=True))
    op.add_column("jobs", sa.Column("trace_parent", sa.String(64), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("jobs") as table:
        table.drop_column("http_request_id")
        table.drop_column("trace_parent")
