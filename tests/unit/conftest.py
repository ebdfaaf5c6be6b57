"""What several unit tests start from."""

from pathlib import Path

import pytest

from shared.services import Services, make_services
from shared.settings import Settings
from tests.ledgers import lay_ledger
from tests.store.conftest import first_tenant
from tests.store.stored import Kept
from tests.unit.sounds import Encode, click, run_ffmpeg, write_wav


@pytest.fixture
def encode(tmp_path: Path) -> Encode:
    """Run ffmpeg with the given options; the first names the file that comes out."""

    def run(name: str, *options: str, source: Path | None = None) -> Path:
        return run_ffmpeg(source or write_wav(tmp_path / "source.wav", click()), options, tmp_path / name)

    return run


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """Services on an empty ledger of the newest schema, and no Redis."""
    lay_ledger(tmp_path)
    return make_services(
        Settings(_env_file=None, data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")  # type: ignore[call-arg]
    )


@pytest.fixture
def kept(services: Services) -> Kept:
    """What the first tenant keeps there."""
    return Kept(services.store, first_tenant(services.store, services.keyring), services.keyring)
