"""The migration that seals webhooks, on ledgers that have some in clear."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from shared.crypto import DecryptionError, KeyRing, seal
from shared.store import Store, deliveries, dispatch
from shared.store.migrate import upgrade
from shared.store.row_seals import RowSeal, row_seal
from shared.store.schema import Base, Delivery, DeliveryAttempt, Job
from tests.store.test_migrations import insert_row

AUDIO = "https://audio.example/a.wav?signature=0ff1ce"
HOOK = "https://hooks.example/hook?token=0ff1ce"
BODY = b'{"speaker": "alice_in_a_body"}'


@pytest.fixture
def clear_store(store: Store, keyring: KeyRing) -> Iterator[Store]:
    """A ledger of the version before webhooks were sealed, on both databases."""
    with store.engine.begin() as connection:
        Base.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    _clear_ledger(store, keyring)
    yield store
    upgrade(store, keyring=keyring)


def _clear_ledger(store: Store, keyring: KeyRing) -> None:
    """Two jobs with addresses, and a delivery that was started anew."""
    upgrade(store, "0007")
    moment = "2026-05-04 10:00:00.000000"
    with store.writing() as session:
        wrapped = keyring.new_wrapped_key("t")
        insert_row(session, "tenants", id="t", name="first", wrapped_key=wrapped, created_at=moment)
        words = dict.fromkeys(("request_digest", "kind", "queue", "state", "encoding", "language"), "")
        numbers = {"sample_rate_hertz": 0, "attempts": 1, "parameters": "{}"}
        moments = {"created_at": moment, "queued_at": moment}
        for name, audio in (("j", AUDIO), ("sealed", _sealed_audio(wrapped, keyring))):
            names = {
                "id": name,
                "tenant_id": "t",
                "request_id": name,
                "audio_url": audio,
                "webhook_url": HOOK,
            }
            insert_row(session, "jobs", **words | numbers | moments | names)
        of_job = {"id": "d", "tenant_id": "t", "job_id": "j", "url": HOOK, "body": BODY}
        named = {"host": "hooks.example:443", "endpoint_key": "e", "state": "pending", "attempts": 1}
        insert_row(session, "deliveries", **of_job | named | moments, schedule_started_at=moment)
        for place, number in enumerate((1, 2, 1)):
            met = {
                "number": number,
                "attempted_at": moment.replace("10", f"1{place}"),
                "answer": f"no {place}",
            }
            row = {"id": f"a{9 - place}", "delivery_id": "d", "duration_seconds": 0.1}
            insert_row(session, "delivery_attempts", **row | met)


def _sealed_audio(wrapped: bytes, keyring: KeyRing) -> str:
    """As the version before kept addresses of audio."""
    ciphertext = seal(keyring.unwrap(wrapped, "t"), AUDIO.encode(), "audio-url/t/sealed")
    return f"sealed:{base64.b64encode(ciphertext).decode()}"


def _opened(
    store: Store, keyring: KeyRing, table: type[Base], read: Callable[[RowSeal, Any], Any]
) -> list[Any]:
    with store.reading() as session:
        key = row_seal(session, "t", keyring)
        return [read(key, row) for row in session.scalars(select(table).order_by(text("id")))]


SEALED = [
    (Job, RowSeal.audio_url_of, [AUDIO, AUDIO]),
    (Job, RowSeal.webhook_of, [HOOK, HOOK]),
    (Delivery, RowSeal.url_of, [HOOK]),
    (Delivery, RowSeal.body_of, [BODY]),
    (DeliveryAttempt, RowSeal.answer_of, ["no 2", "no 1", "no 0"]),
]


@pytest.mark.parametrize(
    ("table", "read", "expected"), SEALED, ids=lambda value: getattr(value, "__name__", "")
)
def test_what_stood_in_clear_is_sealed_and_opens(
    clear_store: Store,
    keyring: KeyRing,
    table: type[Base],
    read: Callable[[RowSeal, Any], Any],
    expected: list[Any],
) -> None:
    upgrade(clear_store, keyring=keyring)
    assert _opened(clear_store, keyring, table, read) == expected


def test_deliveries_of_an_older_ledger_learn_their_host_and_receiver(
    clear_store: Store, keyring: KeyRing
) -> None:
    upgrade(clear_store, keyring=keyring)
    with clear_store.writing() as session:
        new = dispatch.new_delivery(session, "t", keyring, HOOK, BODY, job_id=None)
        old = session.get_one(Delivery, "d")
    assert (old.host_key, old.endpoint_key) == (new.host_key, new.endpoint_key)


def test_attempts_of_an_older_ledger_are_numbered_in_order_of_time(
    clear_store: Store, keyring: KeyRing
) -> None:
    upgrade(clear_store, keyring=keyring)
    with clear_store.reading() as session:
        found = deliveries.attempts_of(session, "d")
        ever = session.get_one(Delivery, "d").attempts_ever
    assert ([(one.id, one.number) for one in found], ever >= 3) == ([("a9", 1), ("a8", 2), ("a7", 3)], True)


def test_what_stood_in_clear_is_not_sealed_without_a_key(clear_store: Store) -> None:
    with pytest.raises(RuntimeError, match="master key"):
        upgrade(clear_store)


def test_a_wrong_master_key_leaves_an_older_ledger_as_it_was(clear_store: Store) -> None:
    with pytest.raises(DecryptionError):
        upgrade(clear_store, keyring=KeyRing(b"x" * 32))
    with clear_store.reading() as session:
        assert session.execute(text("SELECT url FROM deliveries")).scalar_one() == HOOK


def test_nothing_of_what_stood_in_clear_is_left_in_the_files(tmp_path: Path, keyring: KeyRing) -> None:
    store = Store(f"sqlite:///{tmp_path / 'ledger.db'}")
    _clear_ledger(store, keyring)
    upgrade(store, keyring=keyring)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    store.close()
    assert [
        needle for needle in (b"0ff1ce", b"hooks.example", b"alice_in_a_body", b"no 2") if needle in files
    ] == []
