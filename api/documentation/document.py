"""The finished OpenAPI document: what the schemas cannot say by themselves is added here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_smorest import Api
from marshmallow import Schema

# flask-smorest brings them along; our errors and pages have other shapes.
UNUSED = ("Error", "PaginationMetadata")
# Of Standard Webhooks 1.0.
SIGNED_HEADERS = {
    "webhook-id": "The delivery's id, the same in every attempt.",
    "webhook-timestamp": "Of this attempt, in seconds since 1970.",
    "webhook-signature": "v1, and a signature in base64 for each secret in use, with blanks between them.",
}
METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Webhook:
    """What the service posts, and when."""

    when: str
    schema: type[Schema]
    example: Any


def finished_document(app: Flask, api: Api, webhooks: Mapping[str, Webhook]) -> dict[str, Any]:
    """The document of every documented route of ``app``, as a JSON object."""
    posted = {name: _posted(api, webhook) for name, webhook in webhooks.items()}
    document: dict[str, Any] = api.spec.to_dict()
    for name in UNUSED:
        document["components"]["schemas"].pop(name, None)
    for name, schema in _components(api):
        document["components"]["schemas"][name] |= {
            "description": (schema.__doc__ or name).strip().splitlines()[0],
            **getattr(schema, "RULES", {}),
        }
    names = _operation_ids(app)
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                item[method]["operationId"] = names[path, method]
                _drop_foreign_answers(item[method])
                _drop_null_defaults(item[method])
    return document | {"webhooks": posted}


def _posted(api: Api, webhook: Webhook) -> dict[str, Any]:
    """A path item for something that is posted to the caller."""
    name = webhook.schema.__name__
    if name not in api.spec.components.schemas:
        api.spec.components.schema(name, schema=webhook.schema)
    content = {"schema": {"$ref": f"#/components/schemas/{name}"}, "example": webhook.example}
    return {
        "post": {
            "summary": webhook.when,
            "parameters": [_signed_header(*described) for described in SIGNED_HEADERS.items()],
            "requestBody": {"content": {"application/json": content}},
            "responses": {"2XX": {"description": "It arrived; any other answer is tried again."}},
        }
    }


def _signed_header(name: str, text: str) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": True, "description": text, "schema": {"type": "string"}}


def _components(api: Api) -> Iterator[tuple[str, type[Schema]]]:
    """The names under which marshmallow's schemas stand in the document."""
    for (schema, *_), name in api.ma_plugin.converter.refs.items():
        if name not in UNUSED:
            yield name, schema


def _operation_ids(app: Flask) -> dict[tuple[str, str], str]:
    """A name for each operation: its view's, with the dialect and version where a dialect has a prefix."""
    found: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
        blueprint, _, view = rule.endpoint.rpartition(".")
        prefix = getattr(app.blueprints.get(blueprint), "OPERATION_PREFIX", "")
        words = [word for word in (prefix, *view.rstrip("0123456789").split("_")) if word]
        if prefix:
            words += re.findall(r"/(v\d+)/", path)
        name = words[0] + "".join(word.capitalize() for word in words[1:])
        for method in rule.methods or set():
            found[path, method.lower()] = name
    return found


def _drop_foreign_answers(operation: dict[str, Any]) -> None:
    # flask-smorest adds answers that this service does not give: its own 422 and a default.
    for status in ("422", "default"):
        answer = operation["responses"].get(status, {})
        if "content" not in answer:
            operation["responses"].pop(status, None)


def _drop_null_defaults(operation: dict[str, Any]) -> None:
    # To marshmallow, a value that is left out is None; in a query nobody can send that.
    for parameter in operation.get("parameters", []):
        if parameter.get("schema", {}).get("default", "") is None:
            del parameter["schema"]["default"]
