"""The service is what its document says: a short run of the generator; ``make fuzz`` is the long one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.background import BackgroundStack
from tests.end_to_end.serving import new_service
from tests.fuzz.run import SETTINGS, fuzz

EXAMPLES = 3
# The phase that is left out walks every boundary of every field, which takes minutes; ``make fuzz`` has it.
PHASES = "examples,fuzzing,stateful"
# The same cases each time: a test fails for what was changed, the long run looks for what is new.
SEED = 1


@pytest.fixture
def fuzzed(tmp_path: Path) -> Iterator[BackgroundStack]:
    stack = new_service(tmp_path, **SETTINGS)
    stack.start()
    stack.wait_until_ready()
    yield stack
    stack.stop()


@pytest.mark.timeout(600)
def test_generated_requests_find_no_breach_of_the_document(fuzzed: BackgroundStack) -> None:
    outcome = fuzz(fuzzed, EXAMPLES, seed=SEED, phases=PHASES)
    assert (outcome.returncode, outcome.cases > 100) == (0, True), outcome.output
