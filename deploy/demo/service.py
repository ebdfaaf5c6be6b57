"""The service for the length of the demo: a free port, a temporary data dir, everything gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from client import RollcallClient
from deploy.local.background import BackgroundStack

# The packaged recording has about ten seconds of each voice; by default twelve complete an enrolment.
COMPLETE_SECONDS = 6


@contextmanager
def temporary_service() -> Iterator[RollcallClient]:
    """A running service's client. Raises DidNotStart."""
    with TemporaryDirectory(prefix="rollcall-demo-") as folder:
        stack = BackgroundStack(
            Path(folder),
            ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
            ROLLCALL_ENROLL_COMPLETE_SECONDS=str(COMPLETE_SECONDS),
        )
        stack.start()
        try:
            stack.wait_until_ready()
            yield RollcallClient(stack.url, stack.api_key)
        finally:
            stack.stop()
