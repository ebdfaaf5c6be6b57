"""docs/api.md: every call of both dialects, from the OpenAPI document that the gateway serves."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from flask import Flask

from api.app import create_app
from api.authentication import NEEDED, READING_METHODS
from shared.services import make_services
from shared.settings import Settings
from tests.documentation.pages import anchor, table
from tests.documentation.schemas import fields_of, named_in, shown_json, shown_type

METHODS: Final = ("get", "post", "put", "patch", "delete")
FIRST: Final = """<!-- This page is written by `make docs`, from the OpenAPI document. -->

# The API

{description}

The same is at `/docs` of a running service, where calls can be tried, and at `/openapi.json` for programs.
[errors.md](errors.md) explains the codes, [webhooks.md](webhooks.md) how webhooks are signed and sent."""


@dataclass(frozen=True)
class Call:
    """One operation of the document."""

    method: str
    path: str
    operation: dict[str, Any]
    shared: list[dict[str, Any]]
    scope: str

    @property
    def heading(self) -> str:
        """Its name on the page."""
        return f"{self.method.upper()} {self.path}"


def page() -> str:
    """The whole page."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder), redis_url="redis://127.0.0.1:1/0")  # type: ignore[call-arg]
        app = create_app(make_services(settings))
        document = app.test_client().get("/openapi.json").get_json()
    calls = list(_calls(app, document))
    parts = [FIRST.format(description=document["info"]["description"].strip())]
    for tag in document["tags"]:
        own = [call for call in calls if tag["name"] in call.operation["tags"]]
        parts += [f"## {tag['description'].rstrip('.')}", _overview(own)]
        parts += [_section(call, document) for call in own]
    parts += ["## What webhooks bring", *(_posted(*one) for one in sorted(document["webhooks"].items()))]
    schemas = document["components"]["schemas"]
    parts += ["## Objects", "Of requests and answers, by name."]
    asked = named_in([call.operation.get("requestBody") for call in calls], schemas)
    parts += [_object(name, schemas[name], name in asked) for name in sorted(schemas)]
    return "\n\n".join(parts) + "\n"


def _calls(app: Flask, document: dict[str, Any]) -> Iterator[Call]:
    scopes = {
        (re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule), method): _scope(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                scope = "" if item[method].get("security") == [] else scopes[path, method.upper()]
                yield Call(method, path, item[method], item.get("parameters", []), scope)


def _scope(app: Flask, endpoint: str, method: str) -> str:
    marked = getattr(app.view_functions[endpoint], NEEDED, None)
    return str(marked or ("read" if method in READING_METHODS else ""))


def _overview(calls: list[Call]) -> str:
    rows = [(f"[`{call.heading}`](#{anchor(call.heading)})", call.operation["summary"]) for call in calls]
    return table(("call", "what"), rows)


def _section(call: Call, document: dict[str, Any]) -> str:
    operation = call.operation
    scope = f"Scope: `{call.scope}`." if call.scope else "Without a key."
    parts = [f"### {call.heading}", operation["summary"], operation.get("description", ""), scope]
    parameters = [*call.shared, *operation.get("parameters", [])]
    if parameters:
        rows = [_parameter(one) for one in parameters]
        parts.append(table(("parameter", "in", "type", "meaning"), rows))
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts += [f"**Body**, `{kind}`: {shown_type(content['schema'])}", *_examples(content)]
    parts += _answers(operation["responses"])
    return "\n\n".join(part for part in parts if part)


def _parameter(one: dict[str, Any]) -> tuple[str, ...]:
    needed = "Required. " if one.get("required") and one["in"] != "path" else ""
    return f"`{one['name']}`", one["in"], shown_type(one["schema"]), needed + one.get("description", "")


def _answers(responses: dict[str, Any]) -> list[str]:
    """The good answers one by one, the errors in one line."""
    parts, codes = [], []
    for status, answer in sorted(responses.items()):
        if status < "4":
            kinds = answer.get("content", {})
            shapes = sorted(
                {shown_type(one["schema"]) for one in kinds.values() if "$ref" in str(one["schema"])}
            )
            plain = ", ".join(f"`{kind}`" for kind, one in kinds.items() if "$ref" not in str(one["schema"]))
            told = " · ".join([*shapes, plain] if plain else shapes)
            parts.append(f"**{status}** {answer['description']}" + (f" {told}" if told else ""))
            parts += [shown for one in list(kinds.values())[:1] for shown in _examples(one)]
        codes += re.findall(r"^- `(\w+)`", answer["description"], re.MULTILINE)
    if codes:
        parts.append(
            "Errors: " + ", ".join(f"[`{code}`](errors.md#{code})" for code in sorted(set(codes))) + "."
        )
    return parts


def _examples(content: dict[str, Any]) -> Iterator[str]:
    shown = [content["example"]] if "example" in content else []
    for value in shown + [one["value"] for one in content.get("examples", {}).values()]:
        if isinstance(value, dict | list):
            yield f"```json\n{shown_json(value)}\n```"


def _posted(name: str, item: dict[str, Any]) -> str:
    posted = item["post"]
    content = posted["requestBody"]["content"]["application/json"]
    parts = [
        f"### The webhook `{name}`",
        f"{posted['summary']} {shown_type(content['schema'])}",
        *_examples(content),
    ]
    return "\n\n".join(parts)


def _object(name: str, schema: dict[str, Any], asked: bool) -> str:
    parts = [f"### {name}", schema.get("description", "").replace("``", "`")]
    rows = list(fields_of(schema, asked))
    if rows:
        parts.append(table(("field", "type", "meaning"), rows))
    return "\n\n".join(part for part in parts if part)
