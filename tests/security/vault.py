"""What is secret of a tenant, read from the database of a running service."""

from dataclasses import dataclass

from sqlalchemy import select

from shared import apikeys
from shared.crypto import KeyRing, load_master_key
from shared.store.schema import ApiKey, Sample, Speaker, Voiceprint
from shared.store.speakers import Speakers
from shared.store.tenants import data_key
from tests.end_to_end.v1 import V1, ledger


@dataclass(frozen=True)
class Vault:
    """A tenant's keys and ciphertexts, read from the database of a running service."""

    tenant_id: str
    key: bytes
    plain: dict[str, bytes]
    """Exemplars by the speaker's id."""
    sealed: dict[str, tuple[bytes, ...]]
    """The wrapped key and the ciphertexts by the speaker's id."""


def read_vault(tenant: V1) -> Vault:
    keyring = KeyRing(load_master_key(tenant.stack.data_dir / "master.key"))
    store = ledger(tenant.stack)
    with store.reading() as session:
        wanted = select(ApiKey.tenant_id).where(ApiKey.key_digest == apikeys.digest(tenant.key))
        tenant_id = session.scalars(wanted).one()
        key = data_key(session, tenant_id, keyring)
        model_id = str(session.scalars(select(Voiceprint.model_id)).first())
        found = Speakers(session, tenant_id, 0).voiceprints(None, model_id=model_id, data_key=key)
        rows = session.execute(
            select(Speaker.speaker_id, Speaker.wrapped_key, Voiceprint.ciphertext)
            .join(Sample, Sample.speaker_key == Speaker.id)
            .join(Voiceprint, Voiceprint.sample_id == Sample.id)
            .where(Speaker.tenant_id == tenant_id)
        ).all()
    store.close()
    plain = {one.speaker_id: one.exemplars.astype("<f4").tobytes() for one in found}
    return Vault(tenant_id, key, plain, {name: tuple(sealed) for name, *sealed in rows})
