"""JSON Schema in words, for tables."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from tests.documentation.pages import anchor

BOUNDS: Final = {
    "minimum": "≥ {}",
    "exclusiveMinimum": "> {}",
    "maximum": "≤ {}",
    "exclusiveMaximum": "< {}",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "pattern": "like `{}`",
}
LINE: Final = 96
FORMATS: Final = {"date-time": "time", "uri": "url", "byte": "base64", "binary": "file", "uuid": "uuid"}


def fields_of(schema: dict[str, Any], asked: bool) -> Iterator[tuple[str, ...]]:
    """(name, type, meaning) of each field of an object; if it is asked for, with those that must be sent."""
    required = set(schema.get("required", ())) if asked else set()
    for name, field in schema.get("properties", {}).items():
        notes = [field.get("description", "")]
        if field.get("default") not in (None, "", [], {}):
            notes.append(f"Default: `{_literal(field['default'])}`.")
        if name in required:
            notes.insert(0, "Required.")
        yield f"`{name}`", shown_type(field), " ".join(note for note in notes if note)


def shown_type(schema: dict[str, Any]) -> str:
    """What values a schema allows, with links to the objects that it names."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{anchor(name)})"
    for joined in ("anyOf", "oneOf"):
        if joined in schema and "properties" not in schema:
            return " or ".join(dict.fromkeys(shown_type(one) for one in schema[joined]))
    if "allOf" in schema:
        return " and ".join(shown_type(one) for one in schema["allOf"])
    if "enum" in schema:
        return ", ".join("null" if one is None else f"`{_literal(one)}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{_literal(schema['const'])}`"
    return ", ".join([_kinds(schema), *_limits(schema)])


def _kinds(schema: dict[str, Any]) -> str:
    kinds = schema.get("type", "anything")
    names = [kinds] if isinstance(kinds, str) else kinds
    told = [FORMATS.get(schema.get("format", ""), "string") if one == "string" else str(one) for one in names]
    if "items" in schema:
        told = [f"list of {shown_type(schema['items'])}" if one == "array" else one for one in told]
    return " or ".join(told)


def _limits(schema: dict[str, Any]) -> Iterator[str]:
    for key, told in BOUNDS.items():
        limit = schema.get(key)
        if limit == 1 and key == "minLength":
            yield "not empty"
        elif limit is not None:
            yield told.format(f"{limit:g}" if isinstance(limit, float) else limit)


def named_in(part: Any, schemas: dict[str, Any]) -> set[str]:
    """The objects that a part of the document names, and those that they name."""
    found: set[str] = set()
    waiting = re.findall(r'"#/components/schemas/(\w+)"', json.dumps(part))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schemas[name]))
    return found


def shown_json(value: Any, indent: str = "") -> str:
    """JSON for people: what fits on a line stands on one."""
    whole = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + len(whole) <= LINE:
        return whole
    deeper = indent + "  "
    if isinstance(value, dict):
        lines = [f"{json.dumps(name)}: {shown_json(one, deeper)}" for name, one in value.items()]
        return "{\n" + ",\n".join(deeper + line for line in lines) + f"\n{indent}}}"
    return "[\n" + ",\n".join(deeper + shown_json(one, deeper) for one in value) + f"\n{indent}]"


def _literal(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
