"""A thief has the database without the master key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from sqlalchemy import LargeBinary, select

from shared.corrections import ChangeKind
from shared.crypto import DecryptionError, KeyRing
from shared.domain import AudioSource, Line
from shared.store import Store, dispatch, heard_voices, job_voices, jobs, webhook_secrets
from shared.store.change_details import Details
from shared.store.changes import ChangeLog
from shared.store.endpoints import Most, endpoint_key_of
from shared.store.patches import JobPatch
from shared.store.row_seals import RowSeal, row_seal
from shared.store.schema import Base, Change, Delivery, DeliveryAttempt, Job, now
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from tests.ledgers import lay_ledger
from tests.store.conftest import JobMaker, first_tenant
from tests.store.stored import EXEMPLARS, MODEL, Kept, segment

VOICES = np.ones((1, 64), np.float32)
ADDRESS = "https://example.com/a.wav?signature=5d2a41c7f00ba9"
HOST = "tenant-7c1e.hooks.example"
HOOK = f"https://{HOST}/path-9b2d/hook?token=0ff1ce5ca1ab1e"
ANSWER = "thank you, somebody_whom_a_receiver_named"
CHANGED, PATCHED = "somebody_whom_a_change_is_about", "somebody_whom_a_change_named"
Row = TypeVar("Row", bound=Base)
THIEF = KeyRing(b"t" * 32)


class Ledger:
    """A ledger with one of everything that is sealed."""

    def __init__(self, store: Store, keyring: KeyRing) -> None:
        self.store, self.tenant_id = store, first_tenant(store, keyring)
        kept = Kept(store, self.tenant_id, keyring)
        kept.enroll("alice")
        kept.identified(["alice"], segment("alice"), webhook=HOOK)
        (self.body,) = kept.bodies()
        new = JobMaker(store, self.tenant_id, keyring).new()
        by_url = jobs.NewJob(**vars(new) | {"audio": AudioSource(url=ADDRESS)})
        with store.writing() as session:
            jobs.submit(session, by_url, keyring)
            (self.secret,) = webhook_secrets.in_use(session, self.tenant_id, keyring, now())
        self._deliver(keyring)
        self._change(keyring)

    def _change(self, keyring: KeyRing) -> None:
        with self.store.writing() as session:
            job = session.scalars(select(Job).where(Job.result.is_not(None))).one()
            voice = heard_voices.KeptVoice(job.id, "speaker1", VOICES[0], 8.0, Line.WIDEBAND)
            key = data_key(session, self.tenant_id, keyring)
            heard_voices.keep(session, job, [voice], model_id=MODEL, data_key=key)
            log = ChangeLog.of(session, self.tenant_id, keyring)
            change = log.add(ChangeKind.NAMING, Details((CHANGED,)))
            log.alter(change, [(job, JobPatch.between(job, parameters={"speaker_ids": [PATCHED]}))])
            job = session.get_one(Job, job.id)
            # There it stands in clear; only what the change keeps of it is searched for.
            job.parameters = {}

    def _deliver(self, keyring: KeyRing) -> None:
        attempt = dispatch.Attempt(now(), 0.1, 200, None, ANSWER, True, True, None)
        with self.store.writing() as session:
            due = session.scalars(select(Delivery.id)).one()
            leased = dispatch.lease(session, due, now(), seconds=60, most=Most(1, 1))
            assert leased
            dispatch.record(session, leased, attempt, row_seal(session, self.tenant_id, keyring))

    def _opened(self, keyring: KeyRing, table: type[Row], read: Callable[[RowSeal, Row], Any]) -> Any:
        """What the first row of a table that has it keeps sealed."""
        with self.store.reading() as session:
            seal = row_seal(session, self.tenant_id, keyring)
            return next(found for row in session.scalars(select(table)) if (found := read(seal, row)))

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

    def heard_voice(self, keyring: KeyRing) -> bytes:
        with self.store.reading() as session:
            key = data_key(session, self.tenant_id, keyring)
            wanted = list(session.scalars(select(Job.id)))
            (found,) = heard_voices.of_jobs(session, self.tenant_id, wanted, model_id=MODEL, data_key=key)
        return found.point.tobytes()

    def change(self, keyring: KeyRing) -> bytes:
        with self.store.reading() as session:
            log = ChangeLog.of(session, self.tenant_id, keyring)
            return str(log.details_of(session.scalars(select(Change)).one()).speaker_id).encode()

    def changed_job(self, keyring: KeyRing) -> bytes:
        with self.store.reading() as session:
            log = ChangeLog.of(session, self.tenant_id, keyring)
            ((_, patch),) = log.patches_of(session.scalars(select(Change)).one())
            return str(patch.columns["parameters"][1]["speaker_ids"][0]).encode()

    def webhook_secret(self, keyring: KeyRing) -> bytes:
        with self.store.writing() as session:
            (found,) = webhook_secrets.in_use(session, self.tenant_id, keyring, now())
        return found.secret.encode()

    def address_of_audio(self, keyring: KeyRing) -> bytes:
        return str(self._opened(keyring, Job, RowSeal.audio_url_of)).encode()

    def address_of_webhook(self, keyring: KeyRing) -> bytes:
        return str(self._opened(keyring, Job, RowSeal.webhook_of)).encode()

    def address_of_delivery(self, keyring: KeyRing) -> bytes:
        return str(self._opened(keyring, Delivery, RowSeal.url_of)).encode()

    def body_of_delivery(self, keyring: KeyRing) -> bytes:
        return bytes(self._opened(keyring, Delivery, RowSeal.body_of))

    def answer_of_receiver(self, keyring: KeyRing) -> bytes:
        return str(self._opened(keyring, DeliveryAttempt, RowSeal.answer_of)).encode()


SEALED: list[Callable[[Ledger, KeyRing], bytes]] = [
    Ledger.voiceprints,
    Ledger.voices_of_jobs,
    Ledger.heard_voice,
    Ledger.change,
    Ledger.changed_job,
    Ledger.webhook_secret,
    Ledger.address_of_audio,
    Ledger.address_of_webhook,
    Ledger.address_of_delivery,
    Ledger.body_of_delivery,
    Ledger.answer_of_receiver,
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
        Ledger.heard_voice: VOICES[0].tobytes(),
        Ledger.change: CHANGED.encode(),
        Ledger.changed_job: PATCHED.encode(),
        Ledger.webhook_secret: ledger.secret.secret.encode(),
        Ledger.address_of_audio: ADDRESS.encode(),
        Ledger.address_of_webhook: HOOK.encode(),
        Ledger.address_of_delivery: HOOK.encode(),
        Ledger.body_of_delivery: ledger.body,
        Ledger.answer_of_receiver: ANSWER.encode(),
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
    store = Store(f"sqlite:///{lay_ledger(tmp_path, 'stolen.db')}")
    plain = read(Ledger(store, keyring), keyring)
    store.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert plain[-16:] not in files


@pytest.mark.parametrize("needle", [HOST, "path-9b2d", "0ff1ce5ca1ab1e", "somebody_whom_a_body_named"])
def test_nothing_of_a_webhook_stands_in_the_file(tmp_path: Path, keyring: KeyRing, needle: str) -> None:
    store = Store(f"sqlite:///{lay_ledger(tmp_path, 'stolen.db')}")
    ledger = Ledger(store, keyring)
    with store.writing() as session:
        body = b'{"speaker": "somebody_whom_a_body_named"}'
        dispatch.new_delivery(session, ledger.tenant_id, keyring, HOOK, body, job_id=None)
    # Not closed: the log of changes is among the files.
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    assert needle.encode() not in files


def test_a_receiver_cannot_be_guessed_without_the_key(ledger: Ledger) -> None:
    with ledger.store.reading() as session:
        row = session.scalars(select(Delivery)).one()
    guesses = (
        THIEF.hash(f"webhook-host/{HOST}:443"),
        endpoint_key_of(RowSeal(row.tenant_id, b"t" * 32), HOOK),
    )
    assert not {row.host_key, row.endpoint_key} & set(guesses)


def test_what_is_moved_to_another_row_does_not_open(ledger: Ledger, keyring: KeyRing) -> None:
    with ledger.store.writing() as session:
        seal = row_seal(session, ledger.tenant_id, keyring)
        other = dispatch.new_delivery(session, ledger.tenant_id, keyring, HOOK, b"{}", job_id=None)
        other.sealed_body = session.scalars(select(Delivery.sealed_body).where(Delivery.id != other.id)).one()
        with pytest.raises(DecryptionError):
            seal.body_of(other)


def test_whatever_is_binary_in_the_tables_is_known_here() -> None:
    binary = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert binary == {
        "tenants.wrapped_key",
        "speakers.wrapped_key",
        "voiceprints.ciphertext",
        "job_voices.ciphertext",
        "heard_voices.ciphertext",
        "changes.sealed_details",
        "changed_jobs.sealed_patch",
        "webhook_secrets.ciphertext",
        "jobs.sealed_audio_url",
        "jobs.sealed_webhook_url",
        "deliveries.sealed_url",
        "deliveries.sealed_body",
        "delivery_attempts.sealed_answer",
    }
