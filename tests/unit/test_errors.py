"""The tree of errors: codes are unique and survive the ledger."""

import pytest

from shared.errors import BadRequest, InternalError, RollcallError, all_errors, error_from_code
from shared.wire.deepaffects import fault_body

KINDS = list(all_errors())


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
