"""An OpenTelemetry collector on this machine, to see what it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.end_to_end.v1 import http_server


@dataclass(frozen=True)
class SentSpan:
    """What a span that was sent says."""

    path: str
    service: str
    name: str
    trace_id: str


@dataclass
class Collector:
    """Where spans are sent to, and those that were."""

    url: str = ""
    spans: list[SentSpan] = field(default_factory=list)

    def take(self, path: str, body: bytes) -> None:
        """Keep the spans of a request."""
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            self.spans.extend(
                SentSpan(path, named["service.name"], span.name, span.trace_id.hex())
                for scope in resource.scope_spans
                for span in scope.spans
            )


@contextmanager
def otlp_collector() -> Iterator[Collector]:
    """A collector that takes everything."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with http_server(Handler) as collector.url:
        yield collector
