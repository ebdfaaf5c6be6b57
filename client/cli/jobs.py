"""``rollcall jobs``: what was asked, and what became of it."""

from itertools import islice
from typing import Annotated

import typer

from client.cli import choices
from client.cli.complaints import Complaint
from client.cli.output import shown_time
from client.cli.progress import Bars
from client.cli.recordings import STANDARD_INPUT
from client.cli.rendering import FOR_PEOPLE, Format, rendered, show
from client.cli.session import AsJson, Session, session_of
from client.resources import Identification, Job

app = typer.Typer(help="Jobs: where they stand, and what they found.", no_args_is_help=True)

JobId = Annotated[str, typer.Argument(help="Id of the job.", show_default=False)]
COLUMNS = ("job", "kind", "status", "accepted", "audio", "progress", "why")
DETAILS = (
    "job",
    "kind",
    "status",
    "accepted",
    "started",
    "ended",
    "attempts",
    "audio",
    "model",
    "progress",
    "why",
)


@app.command("list")
def list_jobs(
    ctx: typer.Context,
    status: Annotated[
        str | None,
        typer.Option(help="Only queued, running, succeeded, failed or canceled ones.", show_default=False),
    ] = None,
    limit: choices.Limit = 20,
    as_json: AsJson = False,
) -> None:
    """The jobs, newest first."""
    session = session_of(ctx, as_json=as_json)
    session.show(list(islice(session.client.jobs.list(status=status), limit)), COLUMNS, _cells)


@app.command("show")
def show_job(ctx: typer.Context, job: JobId, as_json: AsJson = False) -> None:
    """Where a job stands."""
    session = session_of(ctx, as_json=as_json)
    session.show_one(session.client.jobs.get(job), DETAILS, _details)


@app.command("wait")
def wait_for_job(
    ctx: typer.Context, job: JobId, wait: choices.WaitSeconds = None, as_json: AsJson = False
) -> None:
    """Wait for a job's end; a Ctrl-C stops the waiting, and not the job."""
    session = session_of(ctx, as_json=as_json)
    with Bars(session.output, 1) as bars, bars.of(job) as tell:
        ended = session.client.jobs.wait(job, wait_seconds=wait, on_progress=tell)
    session.show_one(ended, DETAILS, _details)


@app.command("cancel")
def cancel_job(ctx: typer.Context, job: JobId, as_json: AsJson = False) -> None:
    """End a job that waits or runs."""
    session = session_of(ctx, as_json=as_json)
    canceled = session.client.jobs.cancel(job)
    if as_json:
        session.output.json(canceled.raw)
    else:
        session.output.note(f"Job {canceled.id} is canceled.")


@app.command("delete")
def delete_job(ctx: typer.Context, job: JobId, yes: choices.Yes = False) -> None:
    """Delete all that is kept of a job that has ended: result, voices, recording and webhooks."""
    session = session_of(ctx)
    choices.require_yes(f"Delete job {job} and its result for good?", yes=yes)
    session.client.jobs.delete(job)
    session.output.note(f"Job {job} is deleted.")


@app.command("result")
def show_result(
    ctx: typer.Context,
    job: JobId,
    output_format: choices.OutputFormat = None,
    output: choices.ResultFile = None,
    name: Annotated[
        str | None,
        typer.Option(
            help="Name of the recording in formats that tell it; the job's id by default.", show_default=False
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a job found."""
    session = session_of(ctx, as_json=as_json)
    result = session.client.jobs.result(job)
    if as_json or not isinstance(result, Identification):
        session.output.json(result.raw)
        return
    _give(session, result, name or job, output_format or Format.TIMELINE, str(output or STANDARD_INPUT))


def _give(session: Session, result: Identification, name: str, wanted: Format, where: str) -> None:
    if where == STANDARD_INPUT and wanted in FOR_PEOPLE:
        show(session.output.out, result, wanted)
        return
    content = rendered(session.client, result, name, wanted)
    if where == STANDARD_INPUT:
        session.output.raw(content)
        return
    write_file(where, content)


def write_file(where: str, content: bytes) -> None:
    """Raises Complaint where that is not possible."""
    try:
        with open(where, "wb") as file:  # noqa: PTH123 - the path as it was typed
            file.write(content)
    except OSError as error:
        raise Complaint(f"{where} cannot be written: {error.strerror}.") from None


def _progress(job: Job) -> str:
    return f"{job.progress.stage} {job.progress.share:.0%}" if job.progress else ""


def _why(job: Job) -> str:
    return f"{job.error.code}: {job.error.message}" if job.error else ""


def _audio(job: Job) -> str:
    return f"{job.audio_seconds:.1f} s" if job.audio_seconds is not None else ""


def _cells(job: Job) -> tuple[str, ...]:
    return (job.id, job.kind, job.status, shown_time(job.created_at), _audio(job), _progress(job), _why(job))


def _details(job: Job) -> tuple[str, ...]:
    times = map(shown_time, (job.created_at, job.started_at, job.finished_at))
    return (
        *(job.id, job.kind, job.status),
        *times,
        *(str(job.attempts), _audio(job), job.model or "", _progress(job), _why(job)),
    )
