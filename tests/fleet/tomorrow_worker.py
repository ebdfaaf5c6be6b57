"""The workers' entry point of the version after this one, as far as messages and rows go."""

from shared import versions

versions.SCHEMA_VERSION += 1

from tests.chaos.tiny_worker import celery  # noqa: E402

__all__ = ["celery"]
