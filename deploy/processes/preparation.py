"""What the ledger needs before the first request: its newest schema, a first tenant, his API key."""

from shared import apikeys
from shared.crypto import kept_secret
from shared.services import Services
from shared.settings import Settings
from shared.store.migrate import upgrade
from shared.store.tenants import ensure_first_tenant


def prepare_ledger(services: Services) -> str:
    """Bring the database to the newest schema with a first tenant in it; the tenant's key."""
    upgrade(services.store, keyring=services.keyring)
    key = services.settings.bootstrap_api_key or _kept_key(services.settings)
    with services.store.writing() as session:
        ensure_first_tenant(session, key, services.keyring)
    services.store.close()
    return key


def _kept_key(settings: Settings) -> str:
    """The generated key, kept beside the data for its owner's eyes: the database has only its digest."""
    return kept_secret(settings.data_dir / "api_key", apikeys.generate)
