"""API keys: how they look, and the only form of them that is stored.

A generated key is ``rc_<id>_<secret>_<checksum>``: the checksum lets a scanner or a person see a
mistyped key without asking the service. Keys are random, so one round of SHA-256 protects them.
"""

import hashlib
import secrets
import zlib


def generate() -> str:
    """A new key with 160 bits of randomness."""
    body = f"rc_{secrets.token_hex(4)}_{secrets.token_hex(20)}"
    return f"{body}_{zlib.crc32(body.encode()):08x}"


def digest(key: str) -> str:
    """What the database keeps instead of the key: SHA-256 in hex."""
    return hashlib.sha256(key.encode()).hexdigest()
