"""Refusals that HTTP has a status of its own for."""

from shared.errors.root import RollcallError


class InvalidApiKey(RollcallError):
    """No key, or one that is not known."""

    code = "invalid_api_key"
    http_status = 401


class QuotaSpent(RollcallError):
    """The tenant has used up the seconds of audio that he may have processed in a month."""

    code = "quota_spent"
    http_status = 402


class ScopeMissing(RollcallError):
    """The key is valid, and not for this."""

    code = "scope_missing"
    http_status = 403


class ConsentRequired(RollcallError):
    """The speaker cannot be enrolled without a consent that holds."""

    code = "consent_required"
    http_status = 403


class MethodNotAllowed(RollcallError):
    """The address exists, for another method."""

    code = "method_not_allowed"
    http_status = 405


class NotAcceptable(RollcallError):
    """The result cannot be given in the format asked for."""

    code = "not_acceptable"
    http_status = 406


class ContentTooLarge(RollcallError):
    """The body or the audio is larger than ROLLCALL_MAX_CONTENT_BYTES allows."""

    code = "content_too_large"
    http_status = 413


class UnsupportedMediaType(RollcallError):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    http_status = 415


class IdempotencyKeyReused(RollcallError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency_key_reused"
    http_status = 422

    def __init__(
        self,
        message: str = "Idempotency-Key was used before with another request; choose a new one.",
        *,
        field: str | None = "Idempotency-Key",
    ) -> None:
        super().__init__(message, field=field)
