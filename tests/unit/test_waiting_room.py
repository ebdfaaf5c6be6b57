"""Seats for requests that wait."""

from contextlib import ExitStack

import pytest

from api.submission.waiting import WaitingRoom
from shared.errors import Overloaded


def seated(room: WaitingRoom, stack: ExitStack, tenant_id: str) -> int:
    """How many seats a tenant gets who takes all he can."""
    taken = 0
    try:
        while True:
            stack.enter_context(room.seat(tenant_id))
            taken += 1
    except Overloaded:
        return taken


def test_one_tenant_leaves_seats_for_others() -> None:
    room = WaitingRoom(8)
    with ExitStack() as stack:
        assert (seated(room, stack, "greedy"), seated(room, stack, "other")) == (6, 2)


def test_a_single_seat_is_for_whoever_comes() -> None:
    room = WaitingRoom(1)
    with ExitStack() as stack:
        assert (seated(room, stack, "first"), seated(room, stack, "other")) == (1, 0)


def test_a_seat_is_free_again_after_its_block() -> None:
    room = WaitingRoom(1)
    for _ in range(2):
        with room.seat("first"):
            pass
    with room.seat("other"), pytest.raises(Overloaded), room.seat("first"):
        pass
