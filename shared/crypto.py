"""Encryption of what must not be readable in a stolen database: AES-256-GCM envelopes.

A master key, kept outside the database, wraps one data key per tenant. A data key encrypts the tenant's
records and wraps one key per speaker, which encrypts his voiceprints and is gone with him. The additional
data binds a ciphertext to its place: moved to another tenant, speaker or model, it does not open. Format of
a ciphertext: 12 bytes nonce, then AES-GCM's output.
"""

import contextlib
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

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


def new_wrapped_key(key: bytes, context: str) -> bytes:
    """A fresh key of 32 bytes, sealed by ``key`` for the database."""
    return seal(key, secrets.token_bytes(KEY_BYTES), context)


def keyed_hash(key: bytes, text: str) -> str:
    """64 hex digits that tell texts apart to whoever has the key, and nothing to others (HMAC-SHA256)."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class KeyRing:
    """Makes and opens the tenants' data keys: with the master key, or one that was in use before it."""

    def __init__(self, master_key: bytes, earlier: Sequence[bytes] = ()) -> None:
        self._master_key = master_key
        self._earlier = tuple(earlier)
        # A key of its own: the master key itself does nothing but wrap.
        self._hash_key = HKDFExpand(SHA256(), KEY_BYTES, b"hashes of all tenants").derive(master_key)

    def new_wrapped_key(self, tenant_id: str) -> bytes:
        """A fresh data key for a tenant, wrapped for the database."""
        return new_wrapped_key(self._master_key, _tenant_context(tenant_id))

    def unwrap(self, wrapped: bytes, tenant_id: str) -> bytes:
        """The tenant's data key. Raises DecryptionError if no master key here is the one."""
        for key in (self._master_key, *self._earlier):
            with contextlib.suppress(DecryptionError):
                return unseal(key, wrapped, _tenant_context(tenant_id))
        raise DecryptionError("cannot decrypt tenant-key")

    def hash(self, text: str) -> str:
        """64 hex digits that stand for a text among those of all tenants; others under another master key."""
        return keyed_hash(self._hash_key, text)

    def rewrap(self, wrapped: bytes, tenant_id: str) -> bytes | None:
        """The same data key wrapped by the present master key; None if it is. Raises DecryptionError."""
        with contextlib.suppress(DecryptionError):
            unseal(self._master_key, wrapped, _tenant_context(tenant_id))
            return None
        return seal(self._master_key, self.unwrap(wrapped, tenant_id), _tenant_context(tenant_id))


def _tenant_context(tenant_id: str) -> str:
    return f"tenant-key/{tenant_id}"


def load_master_key(path: Path) -> bytes:
    """Read the master key (64 hex digits); made on first use, readable by the owner alone.

    Raises OSError, and ValueError for what is no such key.
    """
    return _key_in(kept_secret(path))


def _hex_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def kept_secret(path: Path, generate: Callable[[], str] = _hex_key) -> str:
    """A file's secret; where there is no file, one is made, of 64 hex digits, readable by the owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(generate())
        # A link, unlike a rename, does not replace the secret that another process may have made first.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text().strip()


def load_earlier_keys(path: Path | None) -> list[bytes]:
    """Master keys that were in use before, one of 64 hex digits a line. Raises OSError and ValueError."""
    return [_key_in(line) for line in path.read_text().split()] if path else []


def _key_in(text: str) -> bytes:
    # AES takes shorter ones as well; nobody should have one of them without knowing.
    key = bytes.fromhex(text)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a master key has {2 * KEY_BYTES} hex digits, this one has {len(text)}")
    return key
