"""API keys with a name, scopes, an end and a last use; tenants with a rate of requests."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

EVERY_SCOPE = "admin enroll identify read"


def upgrade() -> None:
    with op.batch_alter_table("api_keys") as table:
        table.add_column(sa.Column("name", sa.String(255), nullable=False, server_default=""))
        table.add_column(sa.Column("shown_id", sa.String(255), nullable=True))
        table.add_column(sa.Column("scopes", sa.String(255), nullable=False, server_default=EVERY_SCOPE))
        for name in ("last_used_at", "expires_at"):
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        table.create_unique_constraint("uq_api_keys_shown_id", ["shown_id"])
    op.add_column("tenants", sa.Column("requests_per_minute", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("tenants", "requests_per_minute")
    with op.batch_alter_table("api_keys") as table:
        table.drop_constraint("uq_api_keys_shown_id", type_="unique")
        for name in ("name", "shown_id", "scopes", "last_used_at", "expires_at"):
            table.drop_column(name)
