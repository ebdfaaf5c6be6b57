"""What a person agreed to when his voice was enrolled."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Consent:
    """A receipt: who gave it, when, for what, and until when it holds; None: until it is withdrawn."""

    given_by: str
    given_at: datetime
    purpose: str
    expires_at: datetime | None = None

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Consent":
        """A receipt out of the ledger."""
        expires_at = kept["expires_at"]
        return cls(
            given_by=kept["given_by"],
            given_at=datetime.fromisoformat(kept["given_at"]),
            purpose=kept["purpose"],
            expires_at=datetime.fromisoformat(expires_at) if expires_at else None,
        )

    def to_json(self) -> dict[str, Any]:
        """The form kept in the ledger."""
        return {
            "given_by": self.given_by,
            "given_at": self.given_at.isoformat(),
            "purpose": self.purpose,
            "expires_at": self.expires_at.isoformat() if self.expires_at else None,
        }

    def holds_at(self, moment: datetime) -> bool:
        """Whether it has not expired by then."""
        return self.expires_at is None or self.expires_at > moment
