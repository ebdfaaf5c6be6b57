"""What the caller has to change in the request."""

from shared.errors.root import RollcallError


class BadRequest(RollcallError):
    """The caller has to change the request."""

    code = "bad_request"
    http_status = 400


class MalformedBody(BadRequest):
    """The body is not the JSON object that was asked for."""

    code = "malformed_body"


class BodyIncomplete(BadRequest):
    """The body ended before its Content-Length, or did not arrive in time."""

    code = "body_incomplete"
    retryable = True


class InvalidField(BadRequest):
    """A field is missing, has the wrong type, or a value that cannot be used."""

    code = "invalid_field"


class RequestIdReused(BadRequest):
    """The same request_id came with another body."""

    code = "request_id_reused"


class SpeakerUnknown(BadRequest):
    """A speaker named in the request was never enrolled."""

    code = "speaker_unknown"


class EnrollmentIncomplete(BadRequest):
    """A speaker named in the request has too little enrolled speech."""

    code = "enrollment_incomplete"


class EgressDenied(BadRequest):
    """A url points where the service must not connect."""

    code = "egress_denied"
