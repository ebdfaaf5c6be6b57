"""The guard is not gone around: nothing else in a running service opens connections by url."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = [
    str(path.relative_to(ROOT))
    for folder in ("api", "worker", "shared")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.is_relative_to(ROOT / "shared/egress")
]
OPENS = re.compile(
    r"requests\.(?:api|get|head|options|post|put|patch|delete|request|Session|session|adapters)\b"
    r"|\burlopen\b|\bcreate_connection\b"
    r"|^\s*(?:import|from) (?:http\.client|urllib\.request|urllib3|httpx|aiohttp|pycurl)\b",
    re.MULTILINE,
)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_opens_no_connection_by_itself(module: str) -> None:
    assert not OPENS.search((ROOT / module).read_text())


def test_the_guards_own_modules_are_seen_to_open_connections() -> None:
    assert OPENS.search((ROOT / "shared/egress/session.py").read_text())
