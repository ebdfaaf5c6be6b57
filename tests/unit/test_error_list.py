"""docs/errors.md: every error has its entry, the entry is true, and a test provokes it where it says."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.errors import RollcallError, all_errors

ROOT = Path(__file__).parents[2]
LIST = (ROOT / "docs/errors.md").read_text()
KINDS = list(all_errors())
ENTRY = re.compile(
    r"""
    ^\#\#\#\ `(?P<code>\w+)`\n\n
    (?P<status>\d{3})\ ·\ dialects?\ (?P<dialects>[12](?:,\ [12])?)
    \ ·\ (?P<places>[a-z ,]+)\ ·\ retry:\ (?P<retry>yes|no)\n\n
    -\ \*\*Cause:\*\*\ (?P<cause>.+)\n
    -\ \*\*Fix:\*\*\ (?P<fix>.+)\n
    -\ \*\*Example:\*\*\ “(?P<example>.+)”\n
    """,
    re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True)
class Entry:
    """What the list says of a code."""

    code: str
    status: str
    dialects: str
    places: str
    retry: str
    cause: str
    fix: str
    example: str


ENTRIES = [Entry(**found.groupdict()) for found in ENTRY.finditer(LIST)]
BY_CODE = {entry.code: entry for entry in ENTRIES}


@pytest.fixture(scope="module")
def provoked() -> set[tuple[str, int]]:
    """Codes with the dialects in which a test over HTTP is held to provoke them."""
    options = ("--collect-only", "-p", "tests.end_to_end.list_provoked", "tests/end_to_end")
    command = [sys.executable, "-m", "pytest", *options]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {(code, int(dialect)) for code, dialect in re.findall(r"^provokes (\w+) (\d)$", run.stdout, re.M)}


def test_every_code_has_one_entry() -> None:
    assert sorted(re.findall(r"^### `(\w+)`$", LIST, re.M)) == sorted(kind.code for kind in KINDS)


def test_every_entry_has_cause_fix_and_example() -> None:
    assert len(ENTRIES) == LIST.count("\n### ")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_an_entry_has_the_errors_status(kind: type[RollcallError]) -> None:
    assert BY_CODE[kind.code].status == str(kind.http_status)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_an_entry_says_whether_to_send_it_again(kind: type[RollcallError]) -> None:
    assert BY_CODE[kind.code].retry == ("yes" if kind.retryable else "no")


def test_the_table_has_every_code_with_its_title() -> None:
    rows = [(kind.code, kind.http_status, str(kind.__doc__).splitlines()[0]) for kind in KINDS]
    expected = [f"| [`{code}`](#{code}) | {status} | {title} |" for code, status, title in rows]
    assert sorted(re.findall(r"^\| \[.*$", LIST, re.M)) == sorted(expected)


def test_entries_name_only_places_that_the_list_explains() -> None:
    places = {place for entry in ENTRIES for place in entry.places.split(", ")}
    assert places == {"answer", "failed job", "delivery attempt"}


def test_every_code_is_provoked_over_http_in_each_of_its_dialects(provoked: set[tuple[str, int]]) -> None:
    said = {(entry.code, int(dialect)) for entry in ENTRIES for dialect in entry.dialects.split(", ")}
    assert provoked == said
