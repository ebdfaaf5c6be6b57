"""One trace from a request through its job to its webhook, by OpenTelemetry, where an operator wants it.

Without ``ROLLCALL_OTLP_ENDPOINT`` nothing is loaded and nothing done. No attribute holds what a caller sent
but its method and the route; errors are told by their codes, never by their text.
"""

from shared.settings import Settings
from shared.tracing.tracer import Attributes, Kind, Tracer

__all__ = ["Attributes", "Kind", "Tracer", "make_tracer"]


def make_tracer(settings: Settings, process: str) -> Tracer:
    """The tracer of a process, named ``rollcall-<process>`` in traces.

    Raises ImportError where traces are wanted and the extra ``rollcall[tracing]`` is not installed.
    """
    if not settings.otlp_endpoint:
        return Tracer()
    from shared.tracing.otlp import OtlpTracer, make_provider

    return OtlpTracer(make_provider(settings.otlp_endpoint, f"rollcall-{process}"))
