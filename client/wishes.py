"""What a submission may say beside its audio, as keyword arguments of the client's calls."""

from collections.abc import Mapping
from typing import Any, TypedDict


class Wishes(TypedDict, total=False):
    """Of every submission; what is None is left out.

    ``encoding`` and ``sample_rate`` are for samples without a header, as ``"MULAW"`` and 8000.
    """

    webhook: str | None
    metadata: Mapping[str, Any] | None
    encoding: str | None
    sample_rate: int | None


class IdentificationWishes(Wishes, total=False):
    """Of an identification.

    ``matching`` may have ``target_false_accept`` or ``threshold``, and ``exclusive``.
    """

    num_speakers: int | None
    min_speakers: int | None
    max_speakers: int | None
    matching: Mapping[str, Any] | None


class EnrollmentWishes(Wishes, total=False):
    """Of an enrolment. ``consent`` has ``given_by``, ``given_at``, ``purpose`` and perhaps ``expires_at``."""

    consent: Mapping[str, Any] | None
