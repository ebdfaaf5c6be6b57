"""Jobs: where they stand, what they found."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from client.changes import compared
from client.connection import Call, Connection
from client.resources import Change, Enrollment, Identification, Job, Progress
from client.resources.jobs import result_from_json
from client.waiting import Wait, job_events


class Jobs:
    """The jobs of the key's tenant."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, status: str | None = None) -> Iterator[Job]:
        """All, or those of a status; newest first, fetched as they are asked for."""
        return self._connection.pages("/v1/jobs", Job.from_json, status=status)

    def get(self, job_id: str) -> Job:
        """Where a job stands, with its progress while it runs. Raises NotFound."""
        return self._connection.read(Call("GET", _path(job_id)), Job.from_json)

    def cancel(self, job_id: str) -> Job:
        """End a job that waits or runs. Raises NotFound, or Conflict if it has ended already."""
        return self._connection.read(Call("DELETE", _path(job_id)), Job.from_json)

    def delete(self, job_id: str) -> None:
        """Delete all that is kept of a job that has ended. Raises NotFound, or Conflict if it has not."""
        self._connection.send(Call("DELETE", f"{_path(job_id)}/result"))

    def result(self, job_id: str) -> Identification | Enrollment:
        """What a job found. Raises NotFound, or Conflict if it has no result."""
        return self._connection.read(Call("GET", f"{_path(job_id)}/result"), result_from_json)

    def export(self, job_id: str, format_name: str, *, recording: str | None = None) -> bytes:
        """The result in another program's format: rttm, webvtt, textgrid, csv, audacity, eaf.

        ``recording`` is the recording's name in formats that tell it; otherwise it is the job's id.
        """
        query = {"format": format_name} | ({"recording": recording} if recording else {})
        return self._connection.send(Call("GET", f"{_path(job_id)}/result", params=query)).content

    def events(self, job_id: str) -> Iterator[Progress | Job]:
        """Progress as it happens, at last the job with its result. Raises Unreachable if it ends before."""
        return (event.told for event in job_events(self._connection, job_id))

    def wait(
        self,
        job_id: str,
        *,
        wait_seconds: float | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Job:
        """The job once it has succeeded, with its result.

        Listens to its events, and asks for it again and again where those do not come through. Raises
        JobFailed, JobCanceled, and WaitTimedOut after ``wait_seconds``; None waits for ever.
        """
        return Wait(self._connection, job_id, wait_seconds, on_progress or (lambda _: None)).succeeded()

    def name(
        self,
        job_id: str,
        voice: str,
        speaker_id: str | None,
        *,
        enroll: bool = True,
        rematch: bool = False,
        consent: Mapping[str, Any] | None = None,
        wait_seconds: float | None = None,
        idempotency_key: str | None = None,
    ) -> Change:
        """Say whose a voice of a result is: a name or a stranger's label in it; None for nobody enrolled.

        With ``enroll`` the voice becomes a sample of the speaker. With ``rematch`` earlier strangers are
        compared with him, and that is waited for. Raises NotFound, BadRequest, Forbidden, Conflict where
        there is no result or its voices are not kept; of a rematch also ChangeFailed, and WaitTimedOut after
        ``wait_seconds``.
        """
        body: dict[str, Any] = {"voice": voice, "speaker": speaker_id, "enroll": enroll, "rematch": rematch}
        call = Call(
            "POST",
            f"{_path(job_id)}/names",
            json=body | ({"consent": consent} if consent else {}),
            headers={"Idempotency-Key": idempotency_key or uuid4().hex},
            repeatable=True,
        )
        return compared(self._connection, call, wait_seconds)


def _path(job_id: str) -> str:
    return f"/v1/jobs/{quote(job_id, safe='')}"
