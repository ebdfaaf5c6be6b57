"""The tree of errors: it is as drawn, codes are unique and survive the ledger."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import shared.errors
from shared.errors import BadRequest, InternalError, RollcallError, all_errors, error_from_code
from shared.wire.deepaffects import fault_body

ROOT = Path(__file__).parents[2]
KINDS = list(all_errors())
# What one step down the tree takes of a line of the drawing.
STEP_CHARACTERS = 4


def classes(root: type[RollcallError] = RollcallError) -> Iterator[type[RollcallError]]:
    """Every class below ``root``, also those without a code."""
    for child in root.__subclasses__():
        yield child
        yield from classes(child)


def drawn() -> dict[str, tuple[str, int]]:
    """Parent and status of each class by its name, as the package's docstring draws them."""
    path, found = [("RollcallError", 0)], {}
    for line in re.findall(r"^    ([│ ]*[├└]── .*)$", shared.errors.__doc__ or "", re.MULTILINE):
        indent, _, names = re.split(r"([├└]── )", line)
        path = path[: len(indent) // STEP_CHARACTERS + 1]
        status = re.search(r" \((\d+)\)$", names)
        for name in re.sub(r" \(\d+\)$", "", names).split(", "):
            found[name] = (path[-1][0], int(status[1]) if status else path[-1][1])
        path.append((name, found[name][1]))
    return found


def test_the_tree_is_as_drawn() -> None:
    real = {kind.__name__: (kind.__bases__[0].__name__, kind.http_status) for kind in classes()}
    assert drawn() == real


def test_every_class_can_be_imported_from_the_package() -> None:
    assert {kind.__name__ for kind in classes()} <= set(shared.errors.__all__)


@pytest.mark.parametrize(
    "kind", [RollcallError, *(kind for kind in classes() if kind not in KINDS)], ids=lambda k: k.__name__
)
def test_a_class_without_a_code_is_never_raised(kind: type[RollcallError]) -> None:
    code = [path for room in ("api", "worker", "shared") for path in (ROOT / room).rglob("*.py")]
    makes = re.compile(rf"\braise {kind.__name__}\b|(?<!class ){kind.__name__}\(")
    assert [path for path in code if makes.search(path.read_text())] == []


def test_each_code_belongs_to_one_error() -> None:
    # WorkerLost and InternalError are told apart by theirs; parents lend none to their children.
    codes = [kind.code for kind in KINDS]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.code != "wait_ended"], ids=lambda k: k.code)
def test_a_stored_error_is_made_again(kind: type[RollcallError]) -> None:
    assert type(error_from_code(kind.code, "message")) is kind


def test_an_unknown_code_is_an_internal_error() -> None:
    assert type(error_from_code("from_the_future", "message")) is InternalError


def test_a_stored_error_keeps_its_field() -> None:
    assert error_from_code("audio_empty", "message", "content").field == "content"


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if issubclass(kind, BadRequest)], ids=lambda k: k.code
)
def test_what_the_caller_must_change_is_a_400(kind: type[RollcallError]) -> None:
    assert kind.http_status == 400


def test_a_fault_has_both_spellings() -> None:
    body = fault_body("audio_empty", "sentence")
    both = (
        body["faultstring"],
        body["fault_string"],
        body["detail"]["errorcode"],
        body["detail"]["error_code"],
    )
    assert both == ("sentence", "sentence", "rollcall.audio_empty", "rollcall.audio_empty")


def test_a_bad_keys_code_is_the_retired_services() -> None:
    assert fault_body("invalid_api_key", "")["detail"]["errorcode"] == "oauth.v2.InvalidApiKey"
