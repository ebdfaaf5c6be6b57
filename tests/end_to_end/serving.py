"""The service that the tests talk to: `make run`, or under `make fleet` two hosts with real engines.

Both look alike to a test. What a test wants to see behind the gateway, it looks at through the settings.
"""

import os
from pathlib import Path

from redis import Redis

from deploy.local.background import BackgroundStack
from shared.blobs import BlobStore
from shared.redis_options import tls_options
from shared.settings import Settings
from shared.store import Store

ADDRESS_VARIABLE = "FLEET_ADDRESS"
"""Set by ``python -m tests.fleet``: the address of the host that the tests are on."""


def on_fleet() -> bool:
    """Whether the tests run on the host of a fleet."""
    return ADDRESS_VARIABLE in os.environ


def own_address() -> str:
    """Where workers reach what a test serves."""
    return os.environ.get(ADDRESS_VARIABLE, "127.0.0.1")


def new_service(data_dir: Path, **variables: str) -> BackgroundStack:
    """A service that is not started yet; the same folder again is the same data again."""
    if not on_fleet():
        return BackgroundStack(data_dir, **variables)
    from tests.fleet.stack import FleetStack

    return FleetStack(data_dir, **variables)


def settings_of(stack: BackgroundStack) -> Settings:
    """The settings of a service's processes."""
    fields = {name.removeprefix("ROLLCALL_").lower(): value for name, value in stack.variables.items()}
    known = {name: value for name, value in fields.items() if name in Settings.model_fields}
    known["redis_url"] = known["redis_url"] or f"unix://{stack.data_dir / 'redis' / 'redis.sock'}"
    return Settings(_env_file=None, **known)  # type: ignore[call-arg, arg-type]


def ledger(stack: BackgroundStack) -> Store:
    """The running service's database."""
    return Store(settings_of(stack).sqlalchemy_url)


def redis_of(stack: BackgroundStack) -> Redis:
    """The running service's Redis."""
    settings = settings_of(stack)
    return Redis.from_url(settings.broker_url, **tls_options(settings))


def blobs(stack: BackgroundStack) -> list[str]:
    """Names of the recordings that wait in the blob store."""
    return [blob.key.rpartition("/")[2] for blob in BlobStore(settings_of(stack).blob_root).all()]
