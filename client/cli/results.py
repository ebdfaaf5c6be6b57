"""Where results go: to standard output, into one file, or into a folder with a file for each recording."""

from collections.abc import Sequence
from pathlib import Path

from client.cli.complaints import Complaint, exit_code, sentence
from client.cli.exit_codes import ExitCode
from client.cli.parallel import HOPELESS
from client.cli.recordings import Recording, is_folder
from client.cli.rendering import FOR_PEOPLE, JOINABLE, SUFFIXES, Format, rendered, show
from client.cli.session import Session
from client.errors import JobFailed, Refused, RollcallError
from client.resources import Identification, Job

# What the service calls the audio that it was sent.
AUDIO_FIELDS = {"file", "content", "url"}


class SomeFailed(Complaint):
    """Some of several recordings failed; which ones was said."""

    def __init__(self, message: str) -> None:
        super().__init__(message, ExitCode.SOME_FAILED, code="some_failed")


def of_recording(name: str, error: RollcallError | Complaint) -> RollcallError | Complaint:
    """The error of an only recording, with its name where the service could not know it."""
    fields = {field for field, _ in error.complaints} if isinstance(error, Refused) else set()
    if isinstance(error, JobFailed) or fields & AUDIO_FIELDS:
        return Complaint(f"{name}: {sentence(error)}", exit_code(error), code=error.code)
    return error


class Results:
    """Takes results as they come, and sums up. Raises Complaint for an output that cannot hold them."""

    def __init__(
        self, session: Session, wanted: Format, output: Path | None, inputs: Sequence[str], total: int
    ) -> None:
        self._session = session
        self._format = wanted
        self._output = output
        self._total = total
        self._several = total > 1 or any(map(is_folder, inputs))
        self._into_folder = output is not None and (self._several or output.is_dir())
        self._errors: list[RollcallError | Complaint] = []
        self._taken = 0
        if self._several and output is None and wanted not in JOINABLE:
            raise Complaint(f"Several results in {wanted} are no one file; name a folder with --output.")
        if output is not None and self._several and output.is_file():
            raise Complaint(f"{output} is a file; of several recordings the results go into a folder.")

    def without_those_written(self, recordings: Sequence[Recording]) -> list[Recording]:
        """Those that have no result in the folder of results yet. Raises Complaint if there is no folder."""
        if not self._into_folder:
            raise Complaint("--new-only needs a folder of results; name one with --output.")
        new = [one for one in recordings if not self._file_of(one).exists()]
        self._session.output.note(f"{len(recordings) - len(new)} of {self._total} have a result already")
        self._total = len(new)
        return new

    def add(self, recording: Recording, result: Identification) -> None:
        """Show or write a result."""
        self._taken += 1
        output = self._session.output
        if self._output is None and self._format in FOR_PEOPLE:
            if self._several:
                output.out.print(recording.name, style="bold", markup=False)
            show(output.out, result, self._format)
            if self._several:
                output.out.print()
            return
        one_line = self._several and self._output is None
        name = recording.name if self._format is Format.JSON else recording.stem
        content = rendered(self._session.client, result, name, self._format, in_one_line=one_line)
        if self._output is None:
            output.raw(content)
        else:
            self._write(recording, content)

    def submitted(self, recording: Recording, job: Job) -> None:
        """Show a job that is not waited for."""
        self._taken += 1
        output = self._session.output
        if output.as_json:
            output.json({"recording": recording.name, **job.raw}, in_one_line=self._several)
        else:
            output.text(f"{job.id}\t{recording.name}\n" if self._several else f"{job.id}\n")

    def failed(self, recording: Recording, error: RollcallError | Complaint) -> None:
        """Say which recording failed, and why."""
        self._errors.append(error if self._several else of_recording(recording.name, error))
        if not self._several:
            return
        output = self._session.output
        if output.as_json and self._output is None:
            failure = {"code": error.code, "message": str(error)}
            output.json({"recording": recording.name, "error": failure}, in_one_line=True)
        output.fault(f"{recording.name}: {error}")

    def close(self) -> None:
        """Sum up. Raises the error of an only recording, one that no other could escape, or SomeFailed."""
        if self._errors and not self._several:
            raise self._errors[0]
        hopeless = next((error for error in self._errors if isinstance(error, HOPELESS)), None)
        left = self._total - self._taken - len(self._errors)
        summary = f"{self._taken} of {self._total} recordings done, {len(self._errors)} failed"
        if left:
            summary += f", {left} not begun"
        if hopeless:
            self._session.output.note(summary)
            raise hopeless
        if self._errors:
            raise SomeFailed(summary + ".")
        if self._several:
            self._session.output.note(summary)

    def _write(self, recording: Recording, content: bytes) -> None:
        path = self._file_of(recording)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise Complaint(f"{path} cannot be written: {error.strerror}.") from None
        self._session.output.note(f"{recording.name} → {path}", "dim")

    def _file_of(self, recording: Recording) -> Path:
        path = self._output or Path()
        if not self._into_folder:
            return path
        return path / recording.place.with_name(recording.place.name + SUFFIXES[self._format])
