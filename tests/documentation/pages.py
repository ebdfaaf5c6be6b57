"""The pages of the documentation, and the parts of them that are written from the code.

A page is plain Markdown. What is between two marks in it is replaced, the rest is somebody's own words:

    <!-- metrics of workers: written by `make docs` -->
    …
    <!-- end of metrics of workers -->
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
PAGES: Final = (ROOT / "README.md", *sorted(DOCS.rglob("*.md")))


class Undocumented(Exception):
    """The code has something that the page is silent about; the message says what to write where."""


def with_parts(page: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """The page with each part made anew. Raises Undocumented where its marks are missing."""
    for name, make in parts.items():
        begin, end = f"<!-- {name}: written by `make docs` -->", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise Undocumented(f"the page must have the lines {begin} and {end}")
        page = f"{before}{begin}\n\n{make().strip()}\n\n{end}{after}"
    return page


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell_of(one) for one in line) + " |" for line in lines)


def cell_of(text: str) -> str:
    """Text that stands in one cell of a table."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def anchor(heading: str) -> str:
    """The fragment that leads to a heading, as GitHub and MkDocs make it."""
    bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", bare.strip().lower()).replace(" ", "-")
