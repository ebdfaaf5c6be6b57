"""Speakers and their samples."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from client.changes import compared
from client.connection import Call, Connection
from client.resources import Change, Confusable, Erasure, Sample, Speaker

PATH = "/v1/speakers"


class Speakers:
    """The speakers of the key's tenant."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> Iterator[Speaker]:
        """Everybody who has a sample, by id, fetched as they are asked for."""
        return self._connection.pages(PATH, Speaker.from_json)

    def get(self, speaker_id: str) -> Speaker:
        """A speaker in numbers. Raises NotFound."""
        return self._connection.read(Call("GET", _path(speaker_id)), Speaker.from_json)

    def delete(self, speaker_id: str, *, results: bool = False) -> Erasure:
        """Erase a speaker; with ``results``, his name from results that are kept, too. Raises NotFound."""
        query = {"results": "true"} if results else {}
        return self._connection.read(Call("DELETE", _path(speaker_id), params=query), Erasure.from_json)

    def confusable(self) -> Iterator[Confusable]:
        """Pairs of speakers who are easily taken for each other, worst first."""
        return self._connection.pages(f"{PATH}/confusable", Confusable.from_json)

    def samples(self, speaker_id: str) -> Iterator[Sample]:
        """A speaker's samples, newest first. Raises NotFound."""
        return self._connection.pages(self.samples_path(speaker_id), Sample.from_json)

    def delete_sample(self, speaker_id: str, sample_id: str) -> None:
        """Erase one sample. Raises NotFound."""
        path = f"{self.samples_path(speaker_id)}/{quote(sample_id, safe='')}"
        self._connection.send(Call("DELETE", path))

    def enroll_segments(
        self,
        speaker_id: str,
        job_id: str,
        segments: Sequence[int],
        *,
        consent: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> Sample:
        """Add a sample made of segments of an earlier job, by their ids; no audio is sent again."""
        body: dict[str, Any] = {"job_id": job_id, "segments": list(segments)}
        call = Call(
            "POST",
            self.samples_path(speaker_id),
            json=body | ({"consent": consent} if consent else {}),
            headers={"Idempotency-Key": idempotency_key or uuid4().hex},
            repeatable=True,
        )
        return self._connection.read(call, Sample.from_json)

    def rematch(
        self,
        speaker_id: str,
        *,
        since: datetime | None = None,
        job_ids: Sequence[str] | None = None,
        wait_seconds: float | None = None,
    ) -> Change:
        """Compare earlier jobs' strangers with a speaker again, without audio; waits until that is done.

        Only jobs accepted ``since`` a time, which has its zone, or only those of ``job_ids``. Raises
        NotFound, ChangeFailed, and WaitTimedOut after ``wait_seconds``.
        """
        body: dict[str, Any] = {} if since is None else {"since": since.isoformat()}
        if job_ids is not None:
            body["job_ids"] = list(job_ids)
        return compared(
            self._connection, Call("POST", f"{_path(speaker_id)}/rematch", json=body), wait_seconds
        )

    def rename(self, speaker_id: str, new_id: str) -> Change:
        """Give a speaker another id, also in results.

        Raises NotFound, and Conflict where another has that id or enrolments of his are under way.
        """
        return self._with_another(f"{_path(speaker_id)}/rename", new_id)

    def merge(self, speaker_id: str, other_id: str) -> Change:
        """Make one speaker of two: the other's samples become this one's, results name this one.

        Raises NotFound, and Conflict where enrolments of either are under way.
        """
        return self._with_another(f"{_path(speaker_id)}/merge", other_id)

    def _with_another(self, path: str, speaker_id: str) -> Change:
        return self._connection.read(Call("POST", path, json={"speaker": speaker_id}), Change.from_json)

    @staticmethod
    def samples_path(speaker_id: str) -> str:
        """Where a speaker's samples are."""
        return f"{_path(speaker_id)}/samples"


def _path(speaker_id: str) -> str:
    return f"{PATH}/{quote(speaker_id, safe='')}"
