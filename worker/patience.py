"""Waiting out a fault of a store that work depends on, instead of failing the work."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_delay, wait_exponential_jitter

from shared.errors import StorageUnavailable
from shared.logging import log

Found = TypeVar("Found")

# A database that is restarted is back within seconds, a disk that is full needs somebody who makes room.
LONGEST_WAIT_SECONDS = 300.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0


def patiently(action: Callable[[], Found], *, seconds: float = LONGEST_WAIT_SECONDS) -> Found:
    """What ``action`` returns, once it meets no fault of a store; it must be harmless to repeat.

    Raises its last error after ``seconds``, and any other error at once.
    """
    retrying = Retrying(
        retry=retry_if_exception(_passes),
        stop=stop_after_delay(seconds),
        wait=wait_exponential_jitter(initial=FIRST_PAUSE_SECONDS, max=LONGEST_PAUSE_SECONDS),
        before_sleep=_say,
        reraise=True,
    )
    return retrying(action)


def _passes(error: BaseException) -> bool:
    """A fault of the store, not of what was asked of it."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or type(error).__name__ in {"OperationalError", "InterfaceError"}
    return isinstance(error, StorageUnavailable | NoConnectionFree)


def _say(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    log.warning("store_waited_for", attempt=state.attempt_number, error=type(error).__name__)
