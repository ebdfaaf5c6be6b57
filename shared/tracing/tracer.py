"""What traces are written with, here for a process that writes none."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from enum import Enum

Attributes = Mapping[str, str | int | float]


class Kind(Enum):
    """What a span is to the process before it; the words are OpenTelemetry's."""

    SERVER = "server"
    CONSUMER = "consumer"
    CLIENT = "client"


class Tracer:
    """Writes no traces."""

    def span(
        self,
        name: str,  # noqa: ARG002
        kind: Kind,  # noqa: ARG002
        *,
        parent: str | None = None,  # noqa: ARG002
        attributes: Attributes | None = None,  # noqa: ARG002
    ) -> AbstractContextManager[None]:
        """The block is a span of the trace that ``parent``, a W3C traceparent, is of, or of a new one."""
        return nullcontext()

    def add_ended(self, name: str, seconds: float) -> None:
        """Add a span to the present one that took so long and ends now."""

    def note(self, attributes: Attributes) -> None:
        """Add attributes to the present span."""

    def fail(self, code: str) -> None:
        """Mark the present span as failed, by an error's code."""

    def traceparent(self) -> str | None:
        """The present span in W3C's form, to be carried on; None if there is none."""
        return None

    def trace_id(self) -> str | None:
        """The present trace's id; None if there is none."""
        traceparent = self.traceparent()
        return traceparent.split("-")[1] if traceparent else None

    def flush(self) -> None:
        """Send what has not been sent, in a process that is about to end."""
