"""Writing together what is asked for at the same time: one commit on the disk for all of them."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Written = TypeVar("Written")


@dataclass(eq=False)
class _Entry(Generic[Asked, Written]):
    asked: Asked
    # One, once it is there.
    written: list[Written] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False


class GroupWrites(Generic[Asked, Written]):
    """Calls ``write`` with all that came while the last call was under way.

    No thread of its own: the first of those who wait writes for the others, and whoever comes alone is not
    kept waiting. If a group fails, each of it is written alone, so that nobody fails for another.
    """

    def __init__(self, write: Callable[[Sequence[Asked]], Sequence[Written]]) -> None:
        self._write = write
        self._turn = threading.Lock()
        self.waiting: deque[_Entry[Asked, Written]] = deque()

    def write(self, asked: Asked) -> Written:
        """What ``write`` returned for this one. Raises what it raised."""
        entry: _Entry[Asked, Written] = _Entry(asked)
        self.waiting.append(entry)
        with self._turn:
            if not entry.done:
                self._write_waiting()
        if entry.error is not None:
            raise entry.error
        return entry.written[0]

    def _write_waiting(self) -> None:
        group = [self.waiting.popleft() for _ in range(len(self.waiting))]
        try:
            for entry, written in zip(group, self._write([one.asked for one in group]), strict=True):
                entry.written = [written]
        except Exception as error:  # noqa: BLE001 - it is raised by those whom it concerns
            self._write_alone(group, error)
        for entry in group:
            entry.done = True

    def _write_alone(self, group: Sequence[_Entry[Asked, Written]], error: Exception) -> None:
        if len(group) == 1:
            group[0].error = error
            return
        for entry in group:
            try:
                entry.written = list(self._write([entry.asked]))
            except Exception as own:  # noqa: BLE001
                entry.error = own
