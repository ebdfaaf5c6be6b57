"""``make docs``: writes what the documentation says of the code."""

import logging
import sys
from collections.abc import Callable
from typing import Final

import structlog

from tests.documentation import api, command_lines, errors, metrics, settings
from tests.documentation.pages import DOCS, Undocumented, with_parts

WRITTEN: Final[dict[str, Callable[[str], str]]] = {
    "api.md": lambda _: api.page(),
    "cli.md": lambda text: with_parts(text, command_lines.parts()),
    "errors.md": errors.page,
    "metrics.md": lambda text: with_parts(text, metrics.parts()),
    "settings.md": lambda text: with_parts(text, {"settings": settings.rows}),
}
"""What each page becomes of what it is."""


def as_written(name: str) -> str:
    """A page as the code has it now. Raises Undocumented."""
    path = DOCS / name
    return WRITTEN[name](path.read_text() if path.exists() else "")


def main() -> int:
    """Write every page that differs."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for name in WRITTEN:
        try:
            text = as_written(name)
        except Undocumented as silent:
            print(f"docs/{name}: {silent}", file=sys.stderr)  # noqa: T201
            return 1
        path = DOCS / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"wrote docs/{name}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
