"""Encryption of what must not be readable in a stolen database: AES-256-GCM envelopes.

A master key, kept outside the database, wraps one data key per tenant; data keys encrypt the records.
The additional data binds a ciphertext to its place: moved to another tenant, speaker or model, it does
not open. Format of a ciphertext: 12 bytes nonce, then AES-GCM's output.
"""

import contextlib
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32


class DecryptionError(Exception):
    """A ciphertext does not open: wrong master key, or a record that was moved or changed."""


def seal(key: bytes, plaintext: bytes, context: str) -> bytes:
    """Encrypt ``plaintext`` so that it opens only with ``key`` and the same ``context``."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context.encode())


def unseal(key: bytes, ciphertext: bytes, context: str) -> bytes:
    """Inverse of :func:`seal`. Raises DecryptionError."""
    try:
        return AESGCM(key).decrypt(ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:], context.encode())
    except InvalidTag as error:
        raise DecryptionError(f"cannot decrypt {context.split('/', maxsplit=1)[0]}") from error


class KeyRing:
    """Makes and opens the tenants' data keys with the master key."""

    def __init__(self, master_key: bytes) -> None:
        self._master_key = master_key

    def new_wrapped_key(self, tenant_id: str) -> bytes:
        """A fresh data key for a tenant, wrapped for the database."""
        return seal(self._master_key, secrets.token_bytes(KEY_BYTES), f"tenant-key/{tenant_id}")

    def unwrap(self, wrapped: bytes, tenant_id: str) -> bytes:
        """The tenant's data key. Raises DecryptionError if the master key is another one."""
        return unseal(self._master_key, wrapped, f"tenant-key/{tenant_id}")


def load_master_key(path: Path) -> bytes:
    """Read the master key (64 hex digits); made on first use, readable by the owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(KEY_BYTES))
        # A link, unlike a rename, does not replace the key that another process may have made first.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return bytes.fromhex(path.read_text().strip())
