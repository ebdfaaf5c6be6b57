"""What SQLite's files still hold of what was deleted."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from shared.crypto import KeyRing
from shared.store import Store
from shared.store.migrate import upgrade
from shared.store.schema import Sample, Speaker, Voiceprint
from tests.store.conftest import first_tenant
from tests.store.stored import HOOK, Kept, segment

SPEAKERS, JOBS = 30, 30


@pytest.fixture
def crowd(tmp_path: Path, keyring: KeyRing) -> Iterator[Kept]:
    """A tenant whose rows fill many pages, so that pages were split and joined."""
    store = Store(f"sqlite:///{tmp_path / 'ledger.db'}")
    upgrade(store)
    kept = Kept(store, first_tenant(store, keyring), keyring)
    dice = random.Random(7)
    names = [f"speaker_{number}_{dice.randrange(10**9)}" for number in range(SPEAKERS)]
    for name in names:
        kept.enroll(name)
    for _ in range(JOBS):
        some = dice.sample(names, 4)
        found = [segment(dice.choice(some), *some) for _ in range(dice.randrange(1, 12))]
        kept.identified(some, *found, webhook=HOOK)
    yield kept
    store.close()


def held(kept: Kept) -> bytes:
    folder = Path(str(kept.store.engine.url.database)).parent
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_no_name_of_the_erased_is_left(crowd: Kept) -> None:
    gone = sorted(crowd.names())[::2]
    for name in gone:
        crowd.erase(name, results=True)
    crowd.store.forget_deleted()
    assert [name for name in gone if name.encode() in held(crowd)] == []


def test_no_sealed_voiceprint_of_the_erased_is_left(crowd: Kept) -> None:
    gone = sorted(crowd.names())[::2]
    query = (
        select(Speaker.wrapped_key, Voiceprint.ciphertext)
        .join(Sample, Sample.speaker_key == Speaker.id)
        .join(Voiceprint, Voiceprint.sample_id == Sample.id)
        .where(Speaker.speaker_id.in_(gone))
    )
    with crowd.store.reading() as session:
        needles = [sealed[:24] for row in session.execute(query) for sealed in row]
    for name in gone:
        crowd.erase(name)
    crowd.store.forget_deleted()
    files = held(crowd)
    assert sum(needle in files for needle in needles) == 0


def test_a_reader_in_the_way_is_told_of(crowd: Kept) -> None:
    with crowd.store.reading() as session:
        session.scalars(select(Speaker)).first()
        crowd.erase(sorted(crowd.names())[0])
        assert crowd.store.forget_deleted() is False
