"""A consent as requests bring it and resources show it, alike in both dialects."""

from typing import Any

from marshmallow import RAISE, Schema, fields, post_load

from api.documentation import Pattern
from shared.consent import Consent

MOST_PURPOSE_CHARACTERS = 1000


def _text(most: int, description: str) -> fields.String:
    return fields.String(
        required=True,
        # Control characters are no writing, and PostgreSQL refuses one of them.
        validate=Pattern(
            f"^[^\\u0000-\\u001f\\u007f]{{1,{most}}}$", error=f"must be 1 to {most} characters of one line."
        ),
        error_messages={
            "required": "is missing.",
            "invalid": "must be a string.",
            "null": "must be a string, not null.",
            "invalid_utf8": "must be valid UTF-8.",
        },
        metadata={"description": description},
    )


def _time(description: str, **options: Any) -> fields.AwareDateTime:
    wrong = "must be a time with its zone, as 2026-05-04T10:00:00Z."
    return fields.AwareDateTime(
        format="iso",
        error_messages={
            "required": "is missing.",
            **dict.fromkeys(("invalid", "invalid_awareness", "format", "null"), wrong),
        },
        metadata={"description": description},
        **options,
    )


class ConsentReceipt(Schema):
    """What a person agreed to when his voice was enrolled."""

    error_messages = {"unknown": "is not a field of a consent."}  # noqa: RUF012

    class Meta:
        unknown = RAISE

    given_by = _text(255, "Who gave it.")
    given_at = _time("When it was given.", required=True)
    purpose = _text(MOST_PURPOSE_CHARACTERS, "What for.")
    expires_at = _time(
        "Until when it holds; then the speaker is erased. Null: until he is deleted.",
        load_default=None,
        allow_none=True,
    )

    @post_load
    def as_kept(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The form kept in the ledger."""
        return Consent(**data).to_json()


def consent_field(description: str, **options: Any) -> fields.Nested:
    """A consent, or null."""
    return fields.Nested(
        ConsentReceipt,
        allow_none=True,
        error_messages={"type": "must be an object."},
        metadata={"description": description},
        **options,
    )


def given_consent() -> fields.Nested:
    """The optional consent of an enrolment."""
    return consent_field(
        "Kept with the speaker, in place of one given before. Tenants may be set up to enrol nobody without.",
        load_default=None,
    )


def with_consent(parameters: dict[str, Any], consent: dict[str, Any] | None) -> dict[str, Any]:
    """A job's parameters, and the consent if there is one."""
    return parameters | ({"consent": consent} if consent else {})
