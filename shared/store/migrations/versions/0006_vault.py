"""A key for each speaker, consents, how long tenants keep what, and a record of erasures.

Voiceprints of older ledgers were sealed by the tenant's key. Only the master key could seal them anew, and it
is not here: their speakers are removed and have to be enrolled again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

SPEAKERS = ("voiceprints", "confusable_pairs", "samples", "speakers")


def upgrade() -> None:
    _remove_speakers()
    with op.batch_alter_table("speakers") as table:
        table.add_column(sa.Column("wrapped_key", sa.LargeBinary(), nullable=False))
        table.add_column(sa.Column("consent", sa.JSON(), nullable=True))
        table.add_column(sa.Column("consent_expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_speakers_consent_expires_at", "speakers", ["consent_expires_at"])
    op.add_column(
        "tenants", sa.Column("requires_consent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("tenants", sa.Column("results_days", sa.Double(), nullable=True))
    op.add_column("tenants", sa.Column("voiceprints_days", sa.Double(), nullable=True))
    _create_audit()
    # A sealed address is longer than the address.
    with op.batch_alter_table("jobs") as table:
        table.alter_column("audio_url", existing_type=sa.String(8192), type_=sa.Text())


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("tenant_id", sa.String(255), nullable=False),
        sa.Column("action", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name="fk_audit_tenant_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_tenant_at", "audit", ["tenant_id", "at"])
    op.create_index("ix_audit_at", "audit", ["at"])


def _remove_speakers() -> None:
    # By hand: SQLite does not cascade while tables are being changed.
    for name in SPEAKERS:
        op.execute(sa.delete(sa.table(name)))


def downgrade() -> None:
    _remove_speakers()
    with op.batch_alter_table("jobs") as table:
        table.alter_column("audio_url", existing_type=sa.Text(), type_=sa.String(8192))
    op.drop_table("audit")
    for name in ("voiceprints_days", "results_days", "requires_consent"):
        op.drop_column("tenants", name)
    op.drop_index("ix_speakers_consent_expires_at", "speakers")
    with op.batch_alter_table("speakers") as table:
        for name in ("consent_expires_at", "consent", "wrapped_key"):
            table.drop_column(name)
