"""Traces by OpenTelemetry, sent by OTLP. Only loaded where they are wanted.

The library's own variables (``OTEL_EXPORTER_OTLP_HEADERS``, ``OTEL_TRACES_SAMPLER``, …) hold for what is not
said here.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.tracing.tracer import Attributes, Kind, Tracer

SENT_EVERY_MILLISECONDS: Final = 2000
FLUSH_MILLISECONDS: Final = 3000
HEADER: Final = "traceparent"


def make_provider(endpoint: str, service_name: str) -> TracerProvider:
    """What collects spans and sends them to a collector's address, from a thread that forks survive."""
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service_name}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=SENT_EVERY_MILLISECONDS))
    return provider


class OtlpTracer(Tracer):
    """Writes traces."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("rollcall")
        self._form = TraceContextTextMapPropagator()

    @contextmanager
    def span(
        self, name: str, kind: Kind, *, parent: str | None = None, attributes: Attributes | None = None
    ) -> Iterator[None]:
        """See Tracer. An exception is told by its type: its text may hold anything."""
        with self._tracer.start_as_current_span(
            name,
            context=self._form.extract({HEADER: parent} if parent else {}),
            kind=SpanKind[kind.name],
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ):
            try:
                yield
            except Exception as error:
                self.fail(type(error).__name__)
                raise

    def add_ended(self, name: str, seconds: float) -> None:
        """See Tracer."""
        now_nanoseconds = time.time_ns()
        span = self._tracer.start_span(name, start_time=now_nanoseconds - round(seconds * 1e9))
        span.end(now_nanoseconds)

    def note(self, attributes: Attributes) -> None:
        """See Tracer."""
        get_current_span().set_attributes(attributes)

    def fail(self, code: str) -> None:
        """See Tracer."""
        span = get_current_span()
        span.set_attribute("error.type", code)
        span.set_status(Status(StatusCode.ERROR))

    def traceparent(self) -> str | None:
        """See Tracer."""
        carrier: dict[str, str] = {}
        self._form.inject(carrier)
        return carrier.get(HEADER)

    def flush(self) -> None:
        """See Tracer."""
        self._provider.force_flush(FLUSH_MILLISECONDS)
