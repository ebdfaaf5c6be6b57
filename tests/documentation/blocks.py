"""The fenced blocks of a page: what is to be typed, and what is shown to come of it.

The first word after the fence is the language; words after it tell the tests, and no reader sees them:

- ``sh`` and ``python`` run, in the order of the page, in one shell and one folder.
- ``sh service`` starts the service that the rest talks to, which the tests have started.
- ``sh no-run=docker`` cannot run on every machine; `CANNOT_RUN` has the reasons.
- ``python file=receiver.py`` is kept as that file for a later block; so is every other language.
- ``json output`` and ``text output`` are what the block before prints; `tests.documentation.shown` compares.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.documentation.pages import PAGES, ROOT

RUN: Final = ("sh", "python")
CANNOT_RUN: Final = {
    "docker": "needs Docker",
    "cluster": "needs a Kubernetes cluster",
    "gpu": "needs an NVIDIA GPU",
    "network": "reaches hosts outside this machine",
    "process": "is a process of the service, which goes on until it is stopped",
    "test": "runs these tests",
    "ffmpeg": "needs an ffmpeg on the PATH, and recordings that nobody has here",
    "excerpt": "is a piece of a program of the reader's",
    "measures": "measures, or tests, for minutes or hours",
}
FENCE: Final = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block, and where it stands."""

    page: Path
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    @property
    def name(self) -> str:
        """Where it stands, for people."""
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"

    def marked(self, name: str) -> str | None:
        """What a mark says; "" for one that says nothing more, None without it."""
        found = [mark.partition("=") for mark in self.marks]
        return next((value for mark, _, value in found if mark == name), None)

    @property
    def runs(self) -> bool:
        """Whether a page that is executed executes it."""
        return self.language in RUN and not {"no-run", "service", "file"} & {
            mark.partition("=")[0] for mark in self.marks
        }


def blocks_of(page: Path) -> list[Block]:
    """Every fenced block of a page, from top to bottom."""
    text = page.read_text()
    found = []
    for match in FENCE.finditer(text):
        language, *marks = match["info"].split()
        line = text.count("\n", 0, match.start()) + 1
        found.append(Block(page, line, language, tuple(marks), match["text"]))
    return found


BLOCKS: Final = [block for page in PAGES for block in blocks_of(page)]
EXECUTED: Final = [page for page in PAGES if any(block.runs for block in blocks_of(page))]
"""Pages that have something to type."""
