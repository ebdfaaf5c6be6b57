"""What the pages say to type works, and what they show is what comes."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.deployment.compose import ROOT
from tests.documentation.blocks import BLOCKS, CANNOT_RUN, EXECUTED, Block, blocks_of
from tests.documentation.conftest import SERVICE
from tests.documentation.session import Typed
from tests.documentation.shown import differences

KNOWN = {"sh", "python", "json", "text", "mermaid", "http", "yaml", "js", "nginx", "toml"}
MARKS = {"no-run", "service", "output", "file"}
STARTS_THE_SERVICE = re.compile(r"(?P<set>(?:[A-Z_]+=\S+ )*)make run\n")


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def pairs() -> list[tuple[Block, Block]]:
    """Each output that is shown, with the block before it that prints it."""
    found = []
    for page in EXECUTED:
        printing: Block | None = None
        for block in blocks_of(page):
            if block.marked("output") is not None:
                assert printing is not None, f"{block.name} follows nothing that runs"
                found.append((printing, block))
            printing = block if block.runs else printing
    return found


@pytest.mark.parametrize("page", EXECUTED, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_can_be_typed_from_top_to_bottom(page: Path, typed: Callable[[Path], Typed]) -> None:
    came = typed(page)
    assert came.status == 0, came.last


@pytest.mark.parametrize(("printing", "shown"), pairs(), ids=lambda block: block.name)
def test_what_a_page_shows_is_what_comes(
    printing: Block, shown: Block, typed: Callable[[Path], Typed]
) -> None:
    came = typed(printing.page).printed.get(printing.name, "")
    assert differences(shown.text, came, shown.language) == []


@pytest.mark.parametrize("block", of("sh"), ids=lambda block: block.name)
def test_a_command_that_does_not_run_here_is_at_least_shell(block: Block) -> None:
    if not block.runs:
        subprocess.run(["sh", "-n"], input=block.text, text=True, check=True)


@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.name)
def test_python_is_python(block: Block) -> None:
    compile(block.text, block.name, "exec")


@pytest.mark.parametrize("block", of("json"), ids=lambda block: block.name)
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


@pytest.mark.parametrize("block", of("yaml"), ids=lambda block: block.name)
def test_yaml_is_yaml(block: Block) -> None:
    assert list(yaml.safe_load_all(block.text))


def test_blocks_have_a_language_and_marks_that_mean_something() -> None:
    strange = [
        block.name
        for block in BLOCKS
        if block.language not in KNOWN or {mark.partition("=")[0] for mark in block.marks} - MARKS
    ]
    assert strange == []


def test_what_cannot_run_says_why() -> None:
    reasons = {block.name: block.marked("no-run") for block in BLOCKS}
    assert {name for name, why in reasons.items() if why is not None and why not in CANNOT_RUN} == set()


@pytest.mark.parametrize(
    "block", [one for one in BLOCKS if one.marked("service") is not None], ids=lambda block: block.name
)
def test_the_service_that_a_page_starts_is_the_one_that_the_tests_have_started(block: Block) -> None:
    match = STARTS_THE_SERVICE.fullmatch(block.text)
    assert match, block.text
    assert {tuple(one.split("=", 1)) for one in match["set"].split()} <= set(SERVICE.items())
