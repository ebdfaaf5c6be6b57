"""docs/settings.md: a row for every setting, from `shared.settings`."""

from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo

from shared.settings import Settings
from tests.documentation.pages import table

# Made by the machine that runs it, so that no page can show it.
NOT_FIXED: Final = {"worker_host": "the machine's name"}
BOUNDS: Final = {Ge: ("ge", "≥ {}"), Gt: ("gt", "> {}"), Le: ("le", "≤ {}"), Lt: ("lt", "< {}")}


def rows() -> str:
    """The table."""
    found = [
        (f"`ROLLCALL_{name.upper()}`", _default(name, field), _allowed(field), field.description or "")
        for name, field in Settings.model_fields.items()
    ]
    return table(("variable", "default", "allowed", "meaning"), found)


def undescribed() -> list[str]:
    """Settings whose field says nothing of what they mean."""
    return [name for name, field in Settings.model_fields.items() if not field.description]


def _default(name: str, field: FieldInfo) -> str:
    if name in NOT_FIXED:
        return NOT_FIXED[name]
    return "empty" if field.default in ("", (), None) else str(field.default)


def _allowed(field: FieldInfo) -> str:
    kind: Any = field.annotation
    if get_origin(kind) is Literal:
        return ", ".join(map(str, get_args(kind)))
    if kind is bool:
        return "True, False"
    if get_origin(kind) is tuple:
        return "a list, with commas"
    if kind not in (int, float):
        return "a path" if kind in (Path, Path | None) else "text"
    bounds = [
        told.format(f"{getattr(limit, attribute):g}" if kind is float else getattr(limit, attribute))
        for limit in field.metadata
        for bound, (attribute, told) in BOUNDS.items()
        if isinstance(limit, bound)
    ]
    return ", ".join(["a whole number" if kind is int else "a number", *bounds])
