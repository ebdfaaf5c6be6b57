"""Bodies that are parsed without being held in memory give what the standard library gives."""

import base64
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.intake import LongText, json_body, parse_json
from api.intake.base64_text import decoded
from shared.errors import InvalidField, MalformedBody

NAMES = st.text("abcdef", max_size=8)
VALUES = st.one_of(st.text(max_size=60), st.integers(), st.none(), st.lists(NAMES, max_size=3))


def text_of(value: Any) -> Any:
    if isinstance(value, LongText):
        return json.loads(b'"' + b"".join(value.chunks()) + b'"')
    return value


@pytest.fixture(params=[7, 64, 100_000], ids=lambda size: f"chunks of {size}")
def chunk_bytes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Sizes of chunks that cut strings and escapes at every place."""
    monkeypatch.setattr(json_body, "CHUNK_BYTES", request.param)
    monkeypatch.setattr(json_body, "LONG_BYTES", 20)
    return int(request.param)


@pytest.mark.usefixtures("chunk_bytes")
@settings(deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=5), st.booleans())
def test_any_object_is_parsed_as_the_standard_library_does(body: dict[str, Any], ascii_only: bool) -> None:
    raw = json.dumps(body, ensure_ascii=ascii_only).encode(errors="surrogatepass")
    parsed = parse_json(io.BytesIO(raw))
    assert {name: text_of(value) for name, value in parsed.items()} == body


@pytest.mark.usefixtures("chunk_bytes")
@settings(deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    try:
        expected = json.loads(raw.decode())
    except ValueError:
        expected = None
    if isinstance(expected, dict):
        assert {name: text_of(value) for name, value in parse_json(io.BytesIO(raw)).items()} == expected
    else:
        with pytest.raises(MalformedBody):
            parse_json(io.BytesIO(raw))


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'"text"', b"null", b"[" * 100_000, b'{"a": "\\', b'{"a": "']
)
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedBody):
        parse_json(io.BytesIO(raw))


def test_a_long_string_stays_in_its_file() -> None:
    raw = json.dumps({"content": "x" * 100_000}).encode()
    assert isinstance(parse_json(io.BytesIO(raw))["content"], LongText)


def test_many_fields_beside_the_audio_are_refused() -> None:
    raw = json.dumps({"speakerIds": ["a" * 1000] * 5000}).encode()
    with pytest.raises(MalformedBody):
        parse_json(io.BytesIO(raw))


@pytest.mark.parametrize("body", [{"x" * 100_000: 1}, {"speakerIds": ["x" * 100_000]}], ids=["name", "item"])
def test_a_long_string_that_is_no_fields_value_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(MalformedBody):
        parse_json(io.BytesIO(json.dumps(body).encode()))


def in_a_body(text: str, slash: str = "/") -> LongText:
    raw = json.dumps({"content": text}).replace("/", slash).encode()
    value = parse_json(io.BytesIO(raw))["content"]
    assert isinstance(value, LongText)
    return value


@pytest.mark.parametrize("size", [0, 1, 2, 3, 1000])
def test_short_base64_is_decoded(size: int) -> None:
    content = bytes(range(256)) * 4
    assert b"".join(decoded(base64.b64encode(content[:size]).decode(), "content")) == content[:size]


@pytest.mark.parametrize("size", [2_000_000, 2_000_001, 2_000_002])
def test_long_base64_is_decoded_over_its_chunks(size: int) -> None:
    content = (bytes(range(256)) * 8000)[:size]
    assert b"".join(decoded(in_a_body(base64.b64encode(content).decode()), "content")) == content


@pytest.mark.parametrize("slash", ["/", "\\/"])
def test_escaped_slashes_and_line_breaks_do_not_matter(slash: str) -> None:
    content = (b"\xff" * 100 + bytes(range(256))) * 4000
    assert b"".join(decoded(in_a_body(base64.encodebytes(content).decode(), slash), "content")) == content


@pytest.mark.parametrize(
    "text", ["a", "ab", "abc", "a-b_", "ab=c", "====", "YQ==YQ==", "ä" * 4, "YQ==" * 50_000]
)
def test_what_is_no_base64_is_refused(text: str) -> None:
    value = in_a_body(text) if len(text) > 70_000 else text
    with pytest.raises(InvalidField):
        list(decoded(value, "content"))
