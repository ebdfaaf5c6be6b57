"""Pages that are written from the code are as the code is now, and nothing in the code is left out."""

import argparse
import re
from pathlib import Path

import pytest

from shared.settings import Settings
from tests.documentation import command_lines, errors, settings
from tests.documentation.__main__ import WRITTEN, as_written
from tests.documentation.pages import DOCS, ROOT, Undocumented, with_parts


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_is_what_the_code_gives(name: str) -> None:
    assert (DOCS / name).read_text() == as_written(name), "run `make docs`"


def test_every_setting_says_what_it_means() -> None:
    assert settings.undescribed() == []


def test_every_setting_has_a_row() -> None:
    assert settings.rows().count("\n| `ROLLCALL_") == len(Settings.model_fields)


def test_an_error_without_an_entry_is_complained_of() -> None:
    text = (DOCS / "errors.md").read_text().replace("### `audio_empty`", "### `audio_gone`")
    with pytest.raises(Undocumented, match="audio_empty"):
        errors.page(text)


def test_a_wrong_status_is_put_right() -> None:
    text = (DOCS / "errors.md").read_text()
    assert errors.page(text.replace("### `audio_empty`\n\n400", "### `audio_empty`\n\n499")) == text


def test_an_option_without_help_is_complained_of() -> None:
    parser = argparse.ArgumentParser(prog="rollcall")
    parser.add_argument("--silent")
    with pytest.raises(Undocumented, match="silent"):
        list(command_lines.of_argparse(parser))


def test_a_page_that_lost_its_marks_is_complained_of() -> None:
    with pytest.raises(Undocumented, match="end of settings"):
        with_parts("<!-- settings: written by `make docs` -->", {"settings": lambda: ""})


def test_words_around_a_part_stay() -> None:
    marks = ("<!-- a: written by `make docs` -->", "<!-- end of a -->")
    assert with_parts(f"before\n{marks[0]}\nold\n{marks[1]}\nafter\n", {"a": lambda: "new"}) == (
        f"before\n{marks[0]}\n\nnew\n\n{marks[1]}\nafter\n"
    )


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    missing = [page for page in pages if f"]({page}" not in index and not _is_of_a_folder(page)]
    assert missing == []


def test_every_page_is_on_the_site() -> None:
    listed = re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md") if path.parent.name != "adr"]
    assert sorted(listed) == sorted(pages)


def _is_of_a_folder(page: str) -> bool:
    # The index itself, and decisions, which are listed in a folder of their own.
    return page == "README.md" or Path(page).parent.name == "adr"
