"""A thief has the database without the master key."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import LargeBinary, select

from shared.crypto import DecryptionError, KeyRing
from shared.domain import AudioSource
from shared.store import Store, audio_urls, job_voices, jobs, webhook_secrets
from shared.store.migrate import upgrade
from shared.store.schema import Base, Job, now
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from tests.store.conftest import JobMaker, first_tenant
from tests.store.stored import EXEMPLARS, MODEL, Kept, segment

VOICES = np.ones((1, 64), np.float32)
ADDRESS = "https://example.com/a.wav?signature=5d2a41c7f00ba9"
THIEF = KeyRing(b"t" * 32)


class Ledger:
    """A ledger with one of everything that is sealed."""

    def __init__(self, store: Store, keyring: KeyRing) -> None:
        self.store, self.tenant_id = store, first_tenant(store, keyring)
        kept = Kept(store, self.tenant_id, keyring)
        kept.enroll("alice")
        kept.identified(["alice"], segment("alice"))
        new = JobMaker(store, self.tenant_id).new()
        by_url = jobs.NewJob(**vars(new) | {"audio": AudioSource(url=ADDRESS)})
        with store.writing() as session:
            jobs.submit(session, audio_urls.sealed(session, by_url, keyring))
            (self.secret,) = webhook_secrets.in_use(session, self.tenant_id, keyring, now())

    def voiceprints(self, keyring: KeyRing) -> bytes:
        with self.store.reading() as session:
            key = data_key(session, self.tenant_id, keyring)
            speakers = Speakers(session, self.tenant_id, 12)
            (found,) = speakers.voiceprints(None, model_id=MODEL, data_key=key)
        return found.exemplars.tobytes()

    def voices_of_jobs(self, keyring: KeyRing) -> bytes:
        with self.store.reading() as session:
            key = data_key(session, self.tenant_id, keyring)
            job = session.scalars(select(Job).where(Job.result.is_not(None))).one()
            found = job_voices.load(session, job, model_id=MODEL, data_key=key)
        assert found is not None
        return found.tobytes()

    def webhook_secret(self, keyring: KeyRing) -> bytes:
        with self.store.writing() as session:
            (found,) = webhook_secrets.in_use(session, self.tenant_id, keyring, now())
        return found.secret.encode()

    def address_of_audio(self, keyring: KeyRing) -> bytes:
        with self.store.reading() as session:
            job = session.scalars(select(Job).where(Job.audio_url.is_not(None))).one()
            return str(audio_urls.opened(session, job, keyring)).encode()


SEALED: list[Callable[[Ledger, KeyRing], bytes]] = [
    Ledger.voiceprints,
    Ledger.voices_of_jobs,
    Ledger.webhook_secret,
    Ledger.address_of_audio,
]
every_sealed_thing = pytest.mark.parametrize("read", SEALED, ids=lambda read: read.__name__)


@pytest.fixture
def ledger(store: Store, keyring: KeyRing) -> Ledger:
    return Ledger(store, keyring)


@every_sealed_thing
def test_it_opens_with_the_master_key(
    ledger: Ledger, keyring: KeyRing, read: Callable[[Ledger, KeyRing], bytes]
) -> None:
    expected = {
        Ledger.voiceprints: EXEMPLARS.tobytes(),
        Ledger.voices_of_jobs: VOICES.tobytes(),
        Ledger.webhook_secret: ledger.secret.secret.encode(),
        Ledger.address_of_audio: ADDRESS.encode(),
    }
    assert read(ledger, keyring) == expected[read]


@every_sealed_thing
def test_it_does_not_open_without_the_master_key(
    ledger: Ledger, read: Callable[[Ledger, KeyRing], bytes]
) -> None:
    with pytest.raises(DecryptionError):
        read(ledger, THIEF)


@every_sealed_thing
def test_it_does_not_stand_in_the_file_in_clear(
    tmp_path: Path, keyring: KeyRing, read: Callable[[Ledger, KeyRing], bytes]
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'stolen.db'}")
    upgrade(store)
    plain = read(Ledger(store, keyring), keyring)
    store.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert plain[-16:] not in files


def test_whatever_is_binary_in_the_tables_is_known_here() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    # A delivery's body is what its receiver is told.
    assert binary - {"deliveries.body"} == {
        "tenants.wrapped_key",
        "speakers.wrapped_key",
        "voiceprints.ciphertext",
        "job_voices.ciphertext",
        "webhook_secrets.ciphertext",
    }
