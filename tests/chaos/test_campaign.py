"""A short campaign: each fault a few times, with what it promises. ``make chaos`` is the whole one."""

from pathlib import Path

import pytest

from tests.chaos.faults import FAULTS

SHORT = [name for name, fault in FAULTS.items() if fault.short]


@pytest.mark.parametrize("name", SHORT)
def test_a_fault_breaks_no_promise(name: str, tmp_path: Path) -> None:
    rows = FAULTS[name].run(tmp_path, FAULTS[name].short)
    assert [row for row in rows if not row.held] == []
