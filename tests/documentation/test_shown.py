"""What counts as the same output, and what does not."""

import pytest

from tests.documentation.shown import differences

ALIKE = [
    ("json", '{"speaker": "alice"}', '{"speaker": "alice", "new": 1}'),
    ("json", '{"start": 6.7}', '{"start": 6.81}'),
    (
        "json",
        '{"id": "f3f7a6e2-8c0d-4e0e-9d0a-0c3e1f7f4f51"}',
        '{"id": "00000000-8c0d-4e0e-9d0a-0c3e1f7f4f51"}',
    ),
    ("json", '{"at": "2026-05-04T10:00:00Z"}', '{"at": "2027-01-01T00:00:00.123Z"}'),
    ("json", '{"quality": "…"}', '{"quality": "good"}'),
    ("json", '[{"a": 1}, "…"]', '[{"a": 1}, {"a": 2}, {"a": 3}]'),
    ("text", "alice   12.3 s", "alice 12.4 s\n"),
    ("text", "WEBVTT\n\n…", "WEBVTT\n\n00:01.000 --> 00:02.000\nalice\n"),
    ("text", "first\n…\nlast", "first\nsecond\nthird\nlast\n"),
    ("text", "it took … seconds", "it took 7 seconds\n"),
    ("text", "alice ███···██", "alice ██····██\n"),
    ("text", "96% right", "94% right\n"),
]
DIFFERENT = [
    ("json", '{"speaker": "alice"}', '{"speaker": "bob"}'),
    ("json", '{"speaker": "alice"}', "{}"),
    ("json", '{"start": 6.7}', '{"start": 12.0}'),
    ("json", '{"samples": 2}', '{"samples": 3}'),
    ("json", '{"complete": true}', '{"complete": 1}'),
    ("json", '[{"a": 1}]', '[{"a": 1}, {"a": 2}]'),
    ("json", '[{"a": 1}, {"a": 2}, "…"]', '[{"a": 1}]'),
    ("json", '{"id": "f3f7a6e2-8c0d-4e0e-9d0a-0c3e1f7f4f51"}', '{"id": "call-4711"}'),
    ("json", '{"a": 1}', "curl: (7) Failed to connect"),
    ("text", "alice 12.3 s", "bob 12.3 s"),
    ("text", "alice 12.3 s", "alice 12.3 s\nand more"),
    ("text", "first\n…\nlast", "first\nsecond\n"),
    ("text", "alice ███···██", "alice ······██\n"),
    ("text", "96% right", "70% right\n"),
]


@pytest.mark.parametrize(("language", "shown", "came"), ALIKE)
def test_what_is_alike_passes(language: str, shown: str, came: str) -> None:
    assert differences(shown, came, language) == []


@pytest.mark.parametrize(("language", "shown", "came"), DIFFERENT)
def test_what_differs_is_told(language: str, shown: str, came: str) -> None:
    assert differences(shown, came, language)
