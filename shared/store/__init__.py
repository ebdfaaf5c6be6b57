"""The ledger: every tenant, speaker, sample, voiceprint, job and delivery, in SQL.

SQLite by default, PostgreSQL by URL; the same statements serve both. Redis carries ids only, so
whatever is not here does not exist.
"""

from shared.store.engine import Store

__all__ = ["Store"]
