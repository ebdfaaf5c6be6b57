"""The fields that resources are made of, with what they mean."""

from typing import Any

from marshmallow import fields, validate


def text(description: str = "", **options: Any) -> fields.String:
    """A string that is always there."""
    return fields.String(
        required=True, metadata={"description": description} if description else {}, **options
    )


def number(description: str, least: float | None = 0, **options: Any) -> fields.Float:
    """A number that is always there."""
    bounds = validate.Range(min=least) if least is not None else None
    return fields.Float(required=True, validate=bounds, metadata={"description": description}, **options)


def time(description: str, **options: Any) -> fields.DateTime:
    """A moment that is always there."""
    return fields.DateTime(required=True, metadata={"description": description}, **options)
