"""Dialect 1: the public API of the retired DeepAffects service.

Its callers change the host name and nothing else, so paths, field names and answers are that service's.
"""

from api.deepaffects import enrollment, identification, status  # noqa: F401 - the routes register themselves
from api.deepaffects.blueprint import dialect

__all__ = ["dialect"]
