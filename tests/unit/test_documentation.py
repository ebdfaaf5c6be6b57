"""The OpenAPI document: whole, with examples that keep its own rules, and a page that needs no network."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient
from marshmallow import ValidationError

from api.app import create_app
from api.documentation import LenientWholeNumber, Pattern, WholeNumber
from shared.services import make_services
from shared.settings import Settings

METHODS = {"get", "put", "post", "delete", "patch"}
# The HTTP server's own word on a request line that it does not read.
SERVER_REFUSES = "414"
# The page and what it is made of, and what is for the operator, not for callers.
UNDOCUMENTED = ("/openapi.json", "/docs", "/console", "/static", "/metrics")


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), redis_url="redis://127.0.0.1:1/0")
    return create_app(make_services(settings)).test_client()


@pytest.fixture(scope="module")
def document(http: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = http.get("/openapi.json").get_json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield f"{method.upper()} {path}", item[method]


def contents(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every body that is documented: of which call, which part of it, and its media type object."""
    for name, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            yield name, f"request {kind}", content
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                yield name, f"{status} {kind}", content
    for name, item in document["webhooks"].items():
        yield name, "webhook", item["post"]["requestBody"]["content"]["application/json"]


def examples(content: dict[str, Any]) -> list[Any]:
    shown = [content["example"]] if "example" in content else []
    return shown + [one["value"] for one in content.get("examples", {}).values()]


def test_every_route_is_documented(http: FlaskClient, document: dict[str, Any]) -> None:
    rules = http.application.url_map.iter_rules()
    routes = {
        re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in rules
        if not rule.rule.startswith(UNDOCUMENTED)
    }
    assert routes - set(document["paths"]) == set()


def test_every_operation_has_a_name_of_its_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert sorted(names) == sorted(set(names))


def test_every_answer_says_what_it_is(document: dict[str, Any]) -> None:
    silent = [
        (name, status)
        for name, operation in operations(document)
        for status, answer in operation["responses"].items()
        if not answer.get("description")
    ]
    assert silent == []


def test_every_link_leads_to_an_operation(document: dict[str, Any]) -> None:
    names = {operation["operationId"] for _, operation in operations(document)}
    linked = {
        link["operationId"]
        for _, operation in operations(document)
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    }
    assert linked - names == set()


def test_every_call_shows_an_example(document: dict[str, Any]) -> None:
    """Of its JSON request, and of an answer that has a body."""
    bare = []
    for name, operation in operations(document):
        asked = operation.get("requestBody", {}).get("content", {}).get("application/json")
        answered = [
            content
            for status, answer in operation["responses"].items()
            if status.startswith("2")
            for content in answer.get("content", {}).values()
        ]
        if (asked and not examples(asked)) or (answered and not any(map(examples, answered))):
            bare.append(name)
    assert bare == []


def test_every_example_keeps_the_rules_it_illustrates(document: dict[str, Any]) -> None:
    broken = []
    for name, part, content in contents(document):
        schema = {**content["schema"], "components": document["components"]}
        if "event-stream" not in part:
            validator = jsonschema_rs.Draft202012Validator(schema)
            broken += [
                (name, part, str(one)[:80]) for one in examples(content) if not validator.is_valid(one)
            ]
    assert broken == []


def test_every_error_answer_names_its_codes(document: dict[str, Any]) -> None:
    silent = [
        (name, status)
        for name, operation in operations(document)
        for status, answer in operation["responses"].items()
        if status >= "4"
        and status != SERVER_REFUSES
        and "/readyz" not in name
        and "- `" not in answer["description"]
    ]
    assert silent == []


def test_the_page_loads_nothing_from_elsewhere(http: FlaskClient) -> None:
    page = http.get("/docs/").get_data(as_text=True)
    assert re.findall(r"""(?:src|href)=["'](?!/docs/)""", page) == []


@pytest.mark.parametrize(
    "asset", ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-ui-standalone-preset.js"]
)
def test_the_page_brings_its_parts_along(http: FlaskClient, asset: str) -> None:
    response = http.get(f"/docs/{asset}")
    assert response.status_code == 200
    response.close()


@pytest.mark.parametrize("text", ["ab\n", "", "a b", "é"])
def test_a_pattern_refuses_what_its_json_schema_refuses(text: str) -> None:
    with pytest.raises(ValidationError):
        Pattern("^[a-z]+$", error="no")(text)
    schema = {"pattern": "^[a-z]+$"}
    assert text == "ab\n" or not jsonschema_rs.Draft202012Validator(schema).is_valid(text)


def test_the_document_is_the_same_after_a_restart(http: FlaskClient, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")
    again = create_app(make_services(settings)).test_client().get("/openapi.json").get_data(as_text=True)
    assert json.loads(again) == http.get("/openapi.json").get_json()


@pytest.mark.parametrize("value", [4, 4.0, -1])
def test_a_whole_number_is_what_json_schema_calls_one(value: Any) -> None:
    assert WholeNumber().deserialize(value) == value


@pytest.mark.parametrize("value", [4.5, "4", True, None, float("inf"), float("nan"), [4]])
def test_nothing_else_is_a_whole_number(value: Any) -> None:
    with pytest.raises(ValidationError):
        WholeNumber().deserialize(value)


def test_digits_are_a_whole_number_where_old_callers_send_them() -> None:
    assert LenientWholeNumber(0, 20000, digits="^[0-9]+$", range_error="no").deserialize("16000") == 16000


@pytest.mark.parametrize("value", ["", "4.5", "٤", "1e3", True, 0.5])
def test_other_text_is_none(value: Any) -> None:
    with pytest.raises(ValidationError):
        LenientWholeNumber(0, 20000, digits="^[0-9]+$", range_error="no").deserialize(value)
