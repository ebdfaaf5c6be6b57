"""Writing together: who waits is written with the others, and fails only for himself."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.group import GroupWrites


class Slow:
    """A place to write to, which lets its first caller wait until it is told."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.first_came, self.go_on = threading.Event(), threading.Event()

    def write(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        self.first_came.set()
        self.go_on.wait(10)
        if any(number < 0 for number in numbers):
            raise ValueError(min(numbers))
        return [10 * number for number in numbers]


def written_behind(first: int, others: Sequence[int]) -> tuple[Slow, list[object]]:
    """What became of each of ``others``, which came while ``first`` was being written."""
    slow = Slow()
    writes = GroupWrites(slow.write)

    def outcome(number: int) -> object:
        try:
            return writes.write(number)
        except ValueError as error:
            return error

    with ThreadPoolExecutor(len(others) + 1) as pool:
        pool.submit(outcome, first)
        slow.first_came.wait(10)
        waiting = [pool.submit(outcome, number) for number in others]
        while len(writes.waiting) < len(others):
            pass
        slow.go_on.set()
        return slow, [one.result(10) for one in waiting]


def test_who_comes_alone_is_written_alone() -> None:
    slow = Slow()
    slow.go_on.set()
    assert (GroupWrites(slow.write).write(4), slow.groups) == (40, [[4]])


def test_who_waits_is_written_together() -> None:
    slow, _ = written_behind(1, [2, 3, 4])
    assert [sorted(group) for group in slow.groups] == [[1], [2, 3, 4]]


def test_each_gets_what_was_written_for_him() -> None:
    _, outcomes = written_behind(1, [2, 3, 4])
    assert outcomes == [20, 30, 40]


def test_nobody_fails_for_another() -> None:
    _, outcomes = written_behind(1, [2, -3, 4])
    assert (outcomes[0], str(outcomes[1]), outcomes[2]) == (20, "-3", 40)


def test_who_comes_alone_learns_why_it_failed() -> None:
    slow = Slow()
    slow.go_on.set()
    with pytest.raises(ValueError, match="-1"):
        GroupWrites(slow.write).write(-1)
