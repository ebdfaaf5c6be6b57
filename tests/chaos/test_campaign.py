"""A short campaign: each fault a few times, with what it promises. ``make chaos`` is the whole one."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.chaos.faults import FAULTS
from tests.chaos.table import Row

# Tests of the worker, the sweep and the turns make these as well, with fewer processes.
ELSEWHERE = {"workers", "wiped", "poison", "crowd"}
SHORT = [name for name, fault in FAULTS.items() if fault.short and name not in ELSEWHERE]
# Most of a campaign is waiting, each fault for processes and servers of its own.
AT_ONCE = 4


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[list[Row]]]]:
    """What each fault does, as it becomes known."""
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def started(name: str) -> Future[list[Row]]:
            folder = tmp_path_factory.mktemp(name.replace(" ", "-"))
            return pool.submit(FAULTS[name].run, folder, FAULTS[name].short)

        yield {name: started(name) for name in SHORT}


@pytest.mark.timeout(600)  # all begin together, and a fault may wait for others' turns
@pytest.mark.parametrize("name", SHORT)
def test_a_fault_breaks_no_promise(name: str, campaign: dict[str, Future[list[Row]]]) -> None:
    assert [row for row in campaign[name].result() if not row.held] == []
