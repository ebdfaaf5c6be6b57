"""What a request may say about the matching of voices."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.v1.fields import Body


class MatchingOptions(Body):
    """How voices are matched."""

    target_false_accept = fields.Float(
        validate=validate.Range(0.0001, 0.5, error="must be a probability from 0.0001 to 0.5."),
        error_messages={"invalid": "must be a number.", "null": "must be a number, not null."},
        metadata={
            "description": "How likely a stranger may get a name, instead of the service's own setting. "
            "Less means fewer wrong names and more people who are not recognised."
        },
    )
    threshold = fields.Float(
        validate=validate.Range(-1000, 1000, error="must be a score from -1000 to 1000."),
        error_messages={"invalid": "must be a number.", "null": "must be a number, not null."},
        metadata={
            "description": "Least score of a name, in nats, instead of a calibrated decision; "
            "not together with target_false_accept."
        },
    )
    exclusive = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        error_messages={"invalid": "must be true or false.", "null": "must be true or false, not null."},
        metadata={"description": "Give each name to one voice at most."},
    )

    @validates_schema
    def decided_in_one_way(self, data: dict[str, Any], **_: Any) -> None:
        """A rate or a score."""
        if "target_false_accept" in data and "threshold" in data:
            raise ValidationError("must not be sent together with target_false_accept.", "threshold")
