"""The Prefer header of RFC 7240, as far as it concerns waiting."""

import pytest

from api.v1.accepting import preferred_wait_seconds


@pytest.mark.parametrize(
    "prefer",
    ["wait=5", "Wait = 5", 'wait="5"', "respond-async, wait=5", "wait=5; foo=1", "return=minimal,wait=5"],
)
def test_a_wish_to_wait_is_understood_however_it_is_written(prefer: str) -> None:
    assert preferred_wait_seconds(prefer) == 5


@pytest.mark.parametrize(
    "prefer", ["", "respond-async", "wait", "wait=soon", "await=5", "wait=-1", "foo; wait=5"]
)
def test_anything_else_is_no_wish_to_wait(prefer: str) -> None:
    assert preferred_wait_seconds(prefer) == 0
