"""Waiting out faults of stores."""

from collections.abc import Callable

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from shared.errors import AudioLost, StorageUnavailable
from worker.patience import patiently


def failing(error: Exception, times: int) -> Callable[[], str]:
    left = [error] * times

    def act() -> str:
        if left:
            raise left.pop()
        return "done"

    return act


@pytest.mark.parametrize(
    "error", [OperationalError("", None, Exception("restarting")), StorageUnavailable("full")]
)
def test_a_fault_of_a_store_is_waited_for(error: Exception) -> None:
    assert patiently(failing(error, 2), seconds=10) == "done"


@pytest.mark.parametrize("error", [IntegrityError("", None, Exception("twice")), AudioLost("gone")])
def test_any_other_error_comes_at_once(error: Exception) -> None:
    with pytest.raises(type(error)):
        patiently(failing(error, 1), seconds=10)


def test_patience_has_an_end() -> None:
    with pytest.raises(StorageUnavailable):
        patiently(failing(StorageUnavailable("full"), 99), seconds=0.3)
