"""docs/cli.md: every command and option, of the operator's program and of `make`."""

import argparse
import re
from collections.abc import Callable, Iterator

from deploy.admin.__main__ import command_line
from tests.documentation import client_commands
from tests.documentation.pages import ROOT, Undocumented, table


def parts() -> dict[str, Callable[[], str]]:
    """The tables of the page, by their marks."""
    return {
        "rollcall": client_commands.sections,
        "python -m deploy.admin": lambda: "\n\n".join(of_argparse(command_line())),
        "make": make_targets,
    }


def make_targets() -> str:
    """What `make help` lists, and the variables that targets take."""
    text = (ROOT / "Makefile").read_text()
    targets = [(f"`make {name}`", told) for name, told in re.findall(r"^([a-z-]+):.*?## (.*)$", text, re.M)]
    variables = re.sub(r"\n#: {3,}", " ", "\n".join(re.findall(r"^#: .*$", text, re.M)))
    rows = [_variable(line) for line in variables.splitlines()]
    return f"{table(('target', 'what'), targets)}\n\n{table(('variable', 'what'), rows)}"


def _variable(line: str) -> tuple[str, str]:
    shown, _, told = line.removeprefix("#: ").partition("  ")
    return f"`{shown.strip()}`", told.strip()


def of_argparse(parser: argparse.ArgumentParser, about: str = "") -> Iterator[str]:
    """A section for each command that does something. Raises Undocumented for an option without help."""
    subcommands = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    for action in subcommands:
        told = {one.dest: one.help or "" for one in action._choices_actions}
        for name, child in action.choices.items():
            yield from of_argparse(child, told[name])
    if subcommands:
        return
    rows = [_row(parser.prog, one) for one in parser._actions if not isinstance(one, argparse._HelpAction)]
    yield f"### {parser.prog.removeprefix('python -m ')}"
    yield f"{about[:1].upper()}{about[1:].rstrip('.')}."
    if rows:
        yield table(("argument", "meaning"), rows)


def _row(program: str, action: argparse.Action) -> tuple[str, str]:
    if not action.help:
        raise Undocumented(f"{program}: {action.dest} has no help")
    taken = action.metavar or ("|".join(map(str, action.choices)) if action.choices else action.dest.upper())
    name = " ".join([action.option_strings[-1], str(taken)]) if action.option_strings else str(taken)
    return f"`{name}`", action.help
