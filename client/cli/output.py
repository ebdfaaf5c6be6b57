"""Where a command's words go: answers to standard output, everything else to standard error."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


class PipedConsole(Console):
    """A console that does not end the program by itself when nobody reads any more."""

    def on_broken_pipe(self) -> None:
        """Leave it to whoever ends the command."""
        raise BrokenPipeError


def json_text(value: Any, *, in_one_line: bool) -> str:
    """JSON as it is printed."""
    return json.dumps(value, ensure_ascii=False, indent=None if in_one_line else 2)


class Output:
    """A command's two consoles."""

    def __init__(self, *, quiet: bool = False, colour: bool | None = None) -> None:
        self.quiet = quiet
        self.as_json = False
        choice = {None: {}, True: {"force_terminal": True}, False: {"no_color": True}}[colour]
        self.out = PipedConsole(highlight=False, **choice)  # type: ignore[arg-type]
        self.err = PipedConsole(highlight=False, stderr=True, **choice)  # type: ignore[arg-type]

    def text(self, text: str) -> None:
        """Text as it is, into a pipe too."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def raw(self, content: bytes) -> None:
        """Bytes as they are."""
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()

    def json(self, value: Any, *, in_one_line: bool = False) -> None:
        """A JSON value; of several, each in a line."""
        self.text(json_text(value, in_one_line=in_one_line) + "\n")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """A table for a person; in a pipe its rows with tabs between, for other programs."""
        if not self.out.is_terminal:
            for row in rows:
                self.text("\t".join(" ".join(cell.split()) for cell in row) + "\n")
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for number, column in enumerate(columns):
            # The first is what the row is called, to be copied.
            table.add_column(column, overflow="fold", no_wrap=number == 0)
        for row in rows:
            table.add_row(*map(escape, row))
        self.out.print(table)

    def fault(self, text: str) -> None:
        """What went wrong with one of several; said also to who wants no remarks."""
        self.err.print(text, style="red", markup=False, soft_wrap=True)

    def note(self, text: str, style: str = "") -> None:
        """A line for a person, unless he wants none."""
        if not self.quiet:
            self.err.print(escape(text), style=style or None, soft_wrap=True)

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """Tell a person at a terminal what is waited for, while the block lasts."""
        if self.quiet or not self.err.is_terminal:
            yield
            return
        with self.err.status(escape(text)):
            yield

    def failure(self, code: str, text: str) -> None:
        """An error: a line, or JSON where that was asked for."""
        if self.as_json:
            sys.stderr.write(
                json.dumps({"error": {"code": code, "message": text}}, ensure_ascii=False) + "\n"
            )
        else:
            self.err.print(f"[red]rollcall:[/red] {escape(text)}", soft_wrap=True)


def shown_time(moment: datetime | None) -> str:
    """A time as this machine's clock shows it; empty for none."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""
