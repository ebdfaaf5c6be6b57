"""Names that are corrected after jobs have ended, and taking that back."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from client.connection import Call, Connection
from client.errors import ChangeFailed, WaitTimedOut
from client.resources import Change
from client.waiting import Deadline, pauses_seconds

PATH = "/v1/changes"
# For so long the service may keep one answer back while a worker compares.
HELD_SECONDS = 10.0


class Changes:
    """The changes of names of the key's tenant."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[Change]:
        """All, newest first, fetched as they are asked for."""
        return self._connection.pages(PATH, Change.from_json)

    def get(self, change_id: str) -> Change:
        """A change, with what differs in the jobs that it altered. Raises NotFound."""
        return read_change(self._connection, change_id)

    def undo(self, change_id: str) -> Change:
        """Take a change back; the change that does so.

        Raises NotFound, and Conflict where a later change has to be undone first, or it was undone already.
        """
        return self._connection.read(Call("POST", f"{_path(change_id)}/undo"), Change.from_json)

    def wait(self, change_id: str, *, wait_seconds: float | None = None) -> Change:
        """A change once its comparison is done. Raises as ``Speakers.rematch`` does."""
        deadline = Deadline(wait_seconds)
        return _done(self._connection, self.get(change_id), deadline)


def read_change(connection: Connection, change_id: str) -> Change:
    """A change. Raises NotFound."""
    return connection.read(Call("GET", _path(change_id)), Change.from_json)


def compared(connection: Connection, call: Call, wait_seconds: float | None) -> Change:
    """The change that a call makes, once a worker has compared voices for it.

    Raises the errors of a call, ChangeFailed, and WaitTimedOut after ``wait_seconds``; None waits for ever.
    """
    deadline = Deadline(wait_seconds)
    # Whole answers come in good time, so that none is taken for lost.
    held = min(HELD_SECONDS, connection.timeout_seconds / 2, deadline.left_seconds())
    asked = replace(call, headers={**call.headers, "Prefer": f"wait={int(held)}"})
    return _done(connection, connection.read(asked, Change.from_json), deadline)


def _done(connection: Connection, change: Change, deadline: Deadline) -> Change:
    pauses = pauses_seconds()
    while change.is_pending:
        left_seconds = deadline.left_seconds()
        if not left_seconds:
            raise WaitTimedOut(None, deadline.seconds or 0, change_id=change.id)
        connection.sleep(min(next(pauses), left_seconds))
        change = read_change(connection, change.id)
    if change.status == "failed":
        raise ChangeFailed(change)
    return change


def _path(change_id: str) -> str:
    return f"{PATH}/{quote(change_id, safe='')}"
