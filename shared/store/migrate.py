"""Bring a database to the newest schema; safe to run any number of times and from several processes."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from shared.store.engine import Store

# Any number will do; PostgreSQL's advisory locks are named by one.
MIGRATION_LOCK = 72_665_582


def alembic_config() -> Config:
    """Alembic's settings; there is no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(store: Store) -> None:
    """Run what is missing of the migrations, in one transaction under a lock."""
    config = alembic_config()
    with store.engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
