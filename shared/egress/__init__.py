"""Outgoing connections to addresses that callers named: audio urls and webhooks.

One guard decides, and one transport adapter connects to the very address that the guard approved, so
a name cannot answer differently between the check and the connection.
"""

from shared.egress.guard import EgressGuard
from shared.egress.session import GuardedSession, received

__all__ = ["EgressGuard", "GuardedSession", "received"]
