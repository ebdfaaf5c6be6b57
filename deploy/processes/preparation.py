"""What the ledger needs before the first request: its newest schema, a first tenant, his API key."""

from sqlalchemy.exc import OperationalError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from shared import apikeys
from shared.crypto import kept_secret
from shared.logging import log
from shared.services import Services, load_keyring
from shared.settings import Settings
from shared.store import Store
from shared.store.alone import alone
from shared.store.migrate import upgrade
from shared.store.tenants import ensure_first_tenant

DATABASE_PATIENCE_SECONDS = 60


def prepare_ledger(services: Services) -> str:
    """Bring the database to the newest schema with a first tenant in it; the tenant's key.

    Several processes may do it at once: one makes what is missing, the others find it made.
    """
    upgrade(services.store, keyring=services.keyring)
    with alone(services.store):
        key = services.settings.bootstrap_api_key or _kept_key(services.settings)
        with services.store.writing() as session:
            ensure_first_tenant(session, key, services.keyring)
    services.store.close()
    return key


def upgrade_ledger(settings: Settings) -> None:
    """What every process does before it starts: the database may be restarting, or of an earlier version.

    Raises the database's error if it does not answer in time; whoever supervises the process starts another.
    """
    store = Store(settings.sqlalchemy_url)
    try:
        for attempt in Retrying(
            retry=retry_if_exception_type(OperationalError),
            stop=stop_after_delay(DATABASE_PATIENCE_SECONDS),
            wait=wait_exponential_jitter(initial=0.2, max=5),
            before_sleep=lambda state: log.warning("database_waited_for", attempt=state.attempt_number),
            reraise=True,
        ):
            with attempt:
                upgrade(store, keyring=load_keyring(settings))
    finally:
        store.close()


def _kept_key(settings: Settings) -> str:
    """The generated key, kept beside the data for its owner's eyes: the database has only its digest."""
    return kept_secret(settings.data_dir / "api_key", apikeys.generate)
