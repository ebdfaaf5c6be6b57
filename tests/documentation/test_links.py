"""Links between pages lead to files and headings that exist."""

import re
from pathlib import Path

import pytest

from tests.documentation.pages import DOCS, PAGES, ROOT, anchor

OTHERS = tuple(sorted({*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("tests/*/*.md")} - set(PAGES)))
LINK = re.compile(r"\]\(([^)\s]+)\)")


def prose(page: Path) -> str:
    """The page without its fenced blocks, in which nothing is a link."""
    return re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)}


def leads_nowhere(page: Path, target: str) -> bool:
    if target.startswith(("http://", "https://", "mailto:")):
        return False
    path, _, fragment = target.partition("#")
    linked = (page.parent / path).resolve() if path else page
    if not linked.exists():
        return True
    return bool(fragment) and linked.suffix == ".md" and fragment not in anchors(linked)


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert [target for target in LINK.findall(prose(page)) if leads_nowhere(page, target)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_headings_of_a_page_differ(page: Path) -> None:
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    assert sorted(map(anchor, headings)) == sorted(set(map(anchor, headings)))


def test_pages_that_the_code_names_exist() -> None:
    """Comments and messages say docs/… where they mean a page."""
    rooms = ("api", "worker", "shared", "client", "deploy", "training", "bench", "tests")
    texts = [path.read_text() for room in rooms for path in (ROOT / room).rglob("*.py")]
    named = {name for text in texts for name in re.findall(r"\bdocs/([\w/-]+\.md)\b", text)}
    assert sorted(name for name in named if not (DOCS / name).is_file()) == []
