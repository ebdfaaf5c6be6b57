"""docs/errors.md: the table of all codes, and in each entry what the code itself knows."""

import re
from typing import Final

from shared.errors import RollcallError, all_errors
from tests.documentation.pages import Undocumented, table, with_parts

FACTS: Final = r"(### `{code}`\n\n)\d{{3}}( · dialects? [^\n]*· retry: )(?:yes|no)\n"


def page(text: str) -> str:
    """The page with statuses and retries as the code has them. Raises Undocumented for a missing entry."""
    for kind in all_errors():
        pattern = re.compile(FACTS.format(code=kind.code))
        if not pattern.search(text):
            raise Undocumented(
                f"docs/errors.md needs an entry ### `{kind.code}`, with cause, fix and example"
            )
        facts = rf"\g<1>{kind.http_status}\g<2>{'yes' if kind.retryable else 'no'}\n"
        text = pattern.sub(facts, text)
    return with_parts(text, {"all codes": _table})


def _table() -> str:
    kinds = sorted(all_errors(), key=lambda kind: (kind.http_status, kind.code))
    rows = [(f"[`{kind.code}`](#{kind.code})", str(kind.http_status), _title(kind)) for kind in kinds]
    return table(("code", "status", "what"), rows)


def _title(kind: type[RollcallError]) -> str:
    return str(kind.__doc__).splitlines()[0]
