"""What the commands work on, and how they complain."""

from dataclasses import dataclass

from shared.crypto import KeyRing
from shared.store import Store


@dataclass(frozen=True)
class Ledger:
    """Neither Redis nor a running service is needed."""

    store: Store
    keyring: KeyRing


class Complaint(Exception):
    """The command cannot do what it was asked to; the message says what to do."""
