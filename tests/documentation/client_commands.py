"""The commands of `rollcall`, from its Typer app."""

import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args

import typer

from client.cli import app
from tests.documentation.pages import Undocumented, table

TAKEN: Final = {int: "NUMBER", float: "NUMBER", Path: "FILE"}


def sections() -> str:
    """The options of all commands, and a section for each command."""
    return "\n\n".join(_of(typer.main.get_command(app), "rollcall"))


def _of(command: Any, words: str) -> Iterator[str]:
    """A group's own options and then its commands'. Raises Undocumented for what has no help."""
    children = getattr(command, "commands", {})
    rows = [_row(words, one) for one in command.params if one.name != "help" and not one.hidden]
    if rows or not children:
        yield f"### {words}"
        yield _text(words, command)
        if rows:
            yield table(("argument", "meaning"), rows)
    for name, child in children.items():
        if not child.hidden:
            yield from _of(child, f"{words} {name}")


def _text(words: str, command: Any) -> str:
    if not command.help:
        raise Undocumented(f"{words} has no help")
    paragraphs = str(command.help).replace("\f", "").replace("\b\n", "").strip().split("\n\n")
    return "\n\n".join(f"```text\n{one}\n```" if _is_example(one) else one for one in paragraphs)


def _is_example(paragraph: str) -> bool:
    return all(re.search(r"^\s*rollcall |\| rollcall ", line) for line in paragraph.splitlines())


def _row(words: str, parameter: Any) -> tuple[str, str]:
    if not getattr(parameter, "help", None):
        raise Undocumented(f"{words}: {parameter.name} has no help")
    return f"`{_name(parameter)}`", " ".join([parameter.help.strip(), *_notes(parameter)])


def _name(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.metavar or parameter.name.upper()
        return name + ("..." if parameter.nargs == -1 and not name.endswith("...") else "")
    spellings = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return spellings if parameter.is_flag or parameter.count else f"{spellings} {_taken(parameter)}"


def _taken(parameter: Any) -> str:
    """What stands after an option."""
    kind = parameter.type_descriptor.annotation
    kind = (get_args(kind) or (kind,))[0]
    if parameter.metavar:
        return str(parameter.metavar)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(str(one.value) for one in kind)
    return TAKEN.get(kind, "TEXT")


def _notes(parameter: Any) -> Iterator[str]:
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if parameter.required:
        yield "Required."
    elif (
        getattr(parameter, "show_default", True)
        and isinstance(default, str | int | float)
        and default not in ("", False)
    ):
        yield f"Default: `{default}`."
    if getattr(parameter, "multiple", False) and "several times" not in parameter.help:
        yield "May be repeated."
    if parameter.envvar:
        yield f"Also by `{parameter.envvar if isinstance(parameter.envvar, str) else parameter.envvar[0]}`."
