"""API keys: how they look, and the only form of them that is stored.

A generated key is ``rc_<id>_<secret>_<checksum>``: the id is shown in lists, and the checksum lets a scanner
or a person see a mistyped key without asking the service. Keys are random, so one round of SHA-256 protects
them.
"""

import hashlib
import hmac
import re
import secrets
import zlib

_GENERATED = re.compile(r"(rc_([0-9a-f]{8})_[0-9a-f]{40})_([0-9a-f]{8})")


def generate() -> str:
    """A new key with 160 bits of randomness."""
    body = f"rc_{secrets.token_hex(4)}_{secrets.token_hex(20)}"
    return f"{body}_{_checksum(body)}"


def shown_id(key: str) -> str | None:
    """The part of a generated key that may be shown; None for a key that somebody made up himself."""
    found = _GENERATED.fullmatch(key)
    return f"rc_{found[2]}" if found else None


def is_mistyped(key: str) -> bool:
    """True for what looks like a generated key and is none, by its checksum."""
    found = _GENERATED.fullmatch(key)
    return found is not None and found[3] != _checksum(found[1])


def digest(key: str) -> str:
    """What the database keeps instead of the key: SHA-256 in hex."""
    return hashlib.sha256(key.encode()).hexdigest()


def is_of(key: str, kept_digest: str) -> bool:
    """Whether a key is the one of a digest, in a time that does not tell how far they agree."""
    return hmac.compare_digest(digest(key), kept_digest)


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"
