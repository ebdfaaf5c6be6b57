"""The client: one service, one key."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack
from uuid import uuid4

from client.changes import Changes
from client.connection import Call, Connection
from client.deliveries import Deliveries
from client.health import Readiness, read_readiness
from client.jobs import Jobs
from client.keys import Keys
from client.resources import Enrollment, Identification, Job, Progress, Service
from client.speakers import Speakers
from client.uploads import Audio, FormUpload, file_of, url_of
from client.webhooks import Webhooks
from client.wishes import EnrollmentWishes, IdentificationWishes

ALL = "all"
"""In place of a list of speakers: everybody who is completely enrolled."""

OnProgress = Callable[[Progress], None]


class RollcallClient:
    """Calls of one service. Every one raises errors of ``client.errors``, and no others.

    What is safe to repeat is repeated when the service is busy or out of reach: reads, and submissions, which
    carry an ``Idempotency-Key`` and so make one job however often they arrive. One answer may take
    ``timeout_seconds``.
    """

    def __init__(self, url: str, api_key: str, *, timeout_seconds: float = 60, attempts: int = 4) -> None:
        self._connection = Connection(url, api_key, timeout_seconds=timeout_seconds, attempts=attempts)
        self.jobs = Jobs(self._connection)
        self.speakers = Speakers(self._connection)
        self.changes = Changes(self._connection)
        self.deliveries = Deliveries(self._connection)
        self.webhooks = Webhooks(self._connection)
        self.keys = Keys(self._connection)

    @property
    def url(self) -> str:
        """The service's address."""
        return self._connection.url

    def identify(
        self,
        audio: Audio,
        speakers: Sequence[str] | str = ALL,
        *,
        wait_seconds: float | None = None,
        on_progress: OnProgress | None = None,
        **wishes: Unpack[IdentificationWishes],
    ) -> Identification:
        """Who of ``speakers`` speaks when; waits for the answer.

        Raises JobFailed, JobCanceled, and WaitTimedOut after ``wait_seconds``.
        """
        job = self.submit_identification(audio, speakers, **wishes)
        result = self.jobs.wait(job.id, wait_seconds=wait_seconds, on_progress=on_progress).result
        if not isinstance(result, Identification):
            raise TypeError(f"job {job.id} is no identification")
        return result

    def submit_identification(
        self,
        audio: Audio,
        speakers: Sequence[str] | str = ALL,
        *,
        idempotency_key: str | None = None,
        **wishes: Unpack[IdentificationWishes],
    ) -> Job:
        """The same without waiting: the job as it was accepted."""
        fields = {"speakers": speakers if isinstance(speakers, str) else list(speakers)} | dict(wishes)
        return self._submit("/v1/identifications", audio, fields, idempotency_key)

    def enroll(
        self,
        speaker_id: str,
        audio: Audio,
        *,
        wait_seconds: float | None = None,
        on_progress: OnProgress | None = None,
        **wishes: Unpack[EnrollmentWishes],
    ) -> Enrollment:
        """Add a sample of a speaker's voice; waits until it is enrolled.

        Raises JobFailed, JobCanceled, and WaitTimedOut after ``wait_seconds``.
        """
        job = self.submit_enrollment(speaker_id, audio, **wishes)
        result = self.jobs.wait(job.id, wait_seconds=wait_seconds, on_progress=on_progress).result
        if not isinstance(result, Enrollment):
            raise TypeError(f"job {job.id} is no enrolment")
        return result

    def submit_enrollment(
        self,
        speaker_id: str,
        audio: Audio,
        *,
        idempotency_key: str | None = None,
        **wishes: Unpack[EnrollmentWishes],
    ) -> Job:
        """The same without waiting: the job as it was accepted."""
        return self._submit(self.speakers.samples_path(speaker_id), audio, wishes, idempotency_key)

    def readiness(self) -> Readiness:
        """Which parts of the service answer; asks without the key."""
        return read_readiness(self._connection)

    def about(self) -> Service:
        """Version, clock, workers and limits of the service."""
        return self._connection.read(Call("GET", "/v1/service"), Service.from_json)

    def _submit(self, path: str, audio: Audio, fields: Mapping[str, Any], key: str | None) -> Job:
        given = {name: value for name, value in fields.items() if value is not None}
        headers = {"Idempotency-Key": key or uuid4().hex}
        url = url_of(audio)
        if url is not None:
            call = Call("POST", path, json=given | {"url": url}, headers=headers, repeatable=True)
        else:
            form = {name: _form_value(value) for name, value in given.items()}
            upload = FormUpload(file_of(audio), form)
            call = Call("POST", path, upload=upload, headers=headers, repeatable=True)
        return self._connection.read(call, Job.from_json)


def _form_value(value: Any) -> str | list[str]:
    """In a form every value is text; a list of texts is one field several times, an object is JSON."""
    if isinstance(value, list):
        return [str(one) for one in value]
    return value if isinstance(value, str) else json.dumps(value)
