"""Times in the answer are those of the recording, whatever it was encoded with."""

import pytest

from tests.formats import table
from tests.formats.cases import FORMATS

LIMIT_SECONDS = 0.05
TRIED = [(f.name, *tried) for f in (*FORMATS, table.GSM) for tried in f.tried]


@pytest.fixture(scope="module")
def measured() -> table.Measured:
    """How late each format's marks are decoded, in seconds."""
    return table.measure()


@pytest.mark.parametrize(("name", "rate_hertz", "channels"), TRIED)
def test_a_mark_is_heard_when_it_was_recorded(
    measured: table.Measured, name: str, rate_hertz: int, channels: int
) -> None:
    assert abs(measured[name, rate_hertz, channels]) <= LIMIT_SECONDS


def test_the_page_for_users_says_what_is_measured(measured: table.Measured) -> None:
    assert table.DOCUMENT.read_text(encoding="utf-8") == table.render(measured), (
        "docs/formats.md is out of date: run `.venv/bin/python -m tests.formats.table`"
    )
