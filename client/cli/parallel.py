"""Several recordings at once, by threads that a Ctrl-C does not wait for."""

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from client.cli.complaints import Complaint
from client.errors import Forbidden, InvalidApiKey, QuotaSpent, RollcallError, Unreachable

Item = TypeVar("Item")
Result = TypeVar("Result")
HOPELESS = (Unreachable, InvalidApiKey, Forbidden, QuotaSpent)
"""What fails one fails all: no more are begun."""


@dataclass(frozen=True)
class Outcome(Generic[Item, Result]):
    """What became of one: a result or an error."""

    item: Item
    result: Result | None = None
    error: RollcallError | Complaint | None = None


def in_parallel(
    items: Sequence[Item], work: Callable[[Item], Result], most: int
) -> Generator[Outcome[Item, Result], None, None]:
    """Outcomes as they come; after a hopeless one only of what was begun. Other exceptions are raised."""
    todo: queue.SimpleQueue[Item] = queue.SimpleQueue()
    for item in items:
        todo.put(item)
    done: queue.SimpleQueue[Outcome[Item, Result] | BaseException | None] = queue.SimpleQueue()
    stop = threading.Event()

    def take() -> None:
        while not stop.is_set():
            try:
                item = todo.get_nowait()
            except queue.Empty:
                break
            outcome = _outcome(item, work)
            if isinstance(outcome, BaseException) or isinstance(outcome.error, HOPELESS):
                stop.set()
            done.put(outcome)
        done.put(None)

    threads = [threading.Thread(target=take, daemon=True) for _ in range(min(most, len(items)))]
    for thread in threads:
        thread.start()
    working = len(threads)
    try:
        while working:
            outcome = done.get()
            if outcome is None:
                working -= 1
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                yield outcome
    finally:
        # Whoever stops reading wants nothing more begun.
        stop.set()


def _outcome(item: Item, work: Callable[[Item], Result]) -> Outcome[Item, Result] | BaseException:
    try:
        return Outcome(item, result=work(item))
    except (RollcallError, Complaint) as error:
        return Outcome(item, error=error)
    except BaseException as error:  # noqa: BLE001 - it is raised where the outcomes are read
        return error
