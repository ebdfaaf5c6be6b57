"""One trace from the request through the worker to the webhook, with nothing secret in it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from shared.settings import Settings
from shared.tracing import Kind, Tracer, make_tracer
from shared.tracing.otlp import OtlpTracer
from tests.collector import otlp_collector
from tests.security.in_process import KEY
from tests.unit.followed import SECRET, Followed, follow, services_on, submit, work

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
FROM_OUTSIDE = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


class Recorder:
    """A tracer whose spans can be looked at."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer = OtlpTracer(provider)

    @property
    def spans(self) -> Sequence[ReadableSpan]:
        """Those that have ended."""
        return self._exporter.get_finished_spans()

    def named(self, name: str) -> ReadableSpan:
        """The only one of a name."""
        (found,) = [span for span in self.spans if span.name == name]
        return found


@pytest.fixture(scope="module")
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def followed(recorder: Recorder, tmp_path_factory: pytest.TempPathFactory) -> Followed:
    """A request from outside that has been followed to its webhook."""
    return follow(tmp_path_factory.mktemp("followed"), recorder.tracer, traceparent=FROM_OUTSIDE)


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("name", ["POST /audio/generic/api/v2/async/diarize", "diarize", "deliver"])
def test_gateway_worker_and_delivery_are_of_the_callers_trace(recorder: Recorder, name: str) -> None:
    assert f"{recorder.named(name).context.trace_id:032x}" == TRACE_ID


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("stage", ["fetching", "decoding", "listening", "clustering", "matching", "storing"])
def test_a_stage_is_a_span_of_its_job(recorder: Recorder, stage: str) -> None:
    parent = recorder.named(stage).parent
    assert parent
    assert parent.span_id == recorder.named("diarize").context.span_id


def test_the_webhook_carries_the_trace_on(recorder: Recorder, followed: Followed) -> None:
    span = recorder.named("deliver").context
    assert followed.post.headers["traceparent"] == f"00-{TRACE_ID}-{span.span_id:016x}-01"


@pytest.mark.usefixtures("followed")
def test_a_span_holds_no_key_and_no_address(recorder: Recorder) -> None:
    told = " ".join(span.to_json() for span in recorder.spans)
    assert [secret for secret in (KEY, SECRET, "127.0.0.1", "token=") if secret in told] == []


def test_a_span_says_whose_job_it_is_part_of(recorder: Recorder, followed: Followed) -> None:
    attributes = [recorder.named(name).attributes or {} for name in ("diarize", "deliver")]
    assert {one["rollcall.job.id"] for one in attributes} == {followed.job.id}


def test_a_failed_job_is_told_by_its_code_alone(tmp_path: Path) -> None:
    recorder = Recorder()
    services = services_on(tmp_path, recorder.tracer)
    job = submit(services, tmp_path, "http://127.0.0.1:9/hook")
    services.blobs.delete(str(job.blob_key))
    work(services)
    span = recorder.named("diarize")
    code = (span.attributes or {})["error.type"]
    assert (span.status.status_code, code) == (StatusCode.ERROR, "audio_lost")


def test_what_an_exception_says_is_not_told() -> None:
    recorder = Recorder()
    with pytest.raises(ValueError, match=SECRET), recorder.tracer.span("work", Kind.CONSUMER):
        raise ValueError(SECRET)
    told = recorder.named("work").to_json()
    assert ("ValueError" in told, SECRET in told) == (True, False)


@pytest.mark.parametrize("sent", ["", "nonsense", f"00-{'0' * 32}-{'0' * 16}-01"])
def test_what_is_no_trace_begins_one(sent: str) -> None:
    recorder = Recorder()
    with recorder.tracer.span("request", Kind.SERVER, parent=sent):
        pass
    assert recorder.named("request").parent is None


def test_traces_are_sent_to_the_collector_with_the_processs_name() -> None:
    with otlp_collector() as collector:
        settings = Settings(_env_file=None, otlp_endpoint=collector.url)  # type: ignore[call-arg]
        tracer = make_tracer(settings, "worker")
        with tracer.span("work", Kind.CONSUMER):
            pass
        tracer.flush()
    (sent,) = collector.spans
    assert (sent.path, sent.service, sent.name) == ("/v1/traces", "rollcall-worker", "work")


def test_without_a_collector_there_are_no_traces() -> None:
    tracer = make_tracer(Settings(_env_file=None), "gateway")  # type: ignore[call-arg]
    with tracer.span("request", Kind.SERVER):
        assert (type(tracer), tracer.traceparent()) == (Tracer, None)


def test_without_a_collector_the_gateway_does_not_load_the_library() -> None:
    # Parts of it are loaded by others who find it installed.
    program = "import sys, api.app; sys.exit('opentelemetry.sdk.trace' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_webhook_without_a_trace_says_nothing_of_one(tmp_path: Path) -> None:
    assert "traceparent" not in follow(tmp_path).post.headers
