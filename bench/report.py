"""Tables of figures, on the terminal and in a file."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class Section:
    """A titled table; ``note`` says how it was measured."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""

    def markdown(self) -> str:
        """The section as Markdown."""
        lines = [f"## {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        lines += [_row(self.columns), _row(["---"] * len(self.columns)), *map(_row, self.rows)]
        return "\n".join(lines) + "\n"


def write_report(
    path: Path,
    sections: Sequence[Section],
    missing: Sequence[str] = (),
    *,
    command: str = "make bench",
    machine: str = f"{os.cpu_count()} cores",
) -> None:
    """Replace the file with these sections of ``command``; ``missing`` are still to come, or never came."""
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    head = (
        f"# Results\n\nWritten by `{command}`; nothing here is typed in by hand. "
        f"{datetime.now(UTC):%Y-%m-%d}, {machine}, {system}.\n"
    )
    parts = [head, *(section.markdown() for section in sections)]
    if missing:
        parts.append(f"The run ended before: {', '.join(missing)}.\n")
    path.write_text("\n".join(parts))


def update_report(path: Path, sections: Sequence[Section]) -> None:
    """Put these sections in the place of the file's of the same names, each with the day it was measured."""
    head, *kept = re.split(r"^(?=## )", path.read_text(), flags=re.MULTILINE)
    today = f"Measured again {datetime.now(UTC):%Y-%m-%d}, apart from the others."
    new = {}
    for section in sections:
        dated = replace(section, note=f"{section.note} {today}".strip())
        new[section.title] = dated.markdown()
    parts = [new.pop(_title(part), part) for part in kept]
    # The last section of the file had no empty line after it, and may be followed by a new one now.
    path.write_text("\n".join(f"{part.rstrip()}\n" for part in [head, *parts, *new.values()]))


def _title(part: str) -> str:
    return part.splitlines()[0].removeprefix("## ")


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
