"""What `make audit` says, and with which exit status."""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy import audit as auditing
from deploy.audit import HOLES, SOUND, UNKNOWN, Verdict, audit, judge

GOOD: dict[str, Any] = {"name": "flask", "version": "3.1.3", "vulns": []}
BAD: dict[str, Any] = {
    "name": "old",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["1.1"]}],
}
SKIPPED = {"name": "odd", "skip_reason": "not found"}


def judged(*packages: dict[str, Any]) -> Verdict:
    return judge(json.dumps({"dependencies": packages, "fixes": []}), "")


def test_packages_without_holes_are_sound() -> None:
    assert judged(GOOD) == Verdict(SOUND, "No known holes in 1 packages.")


def test_a_hole_is_named_with_what_mends_it() -> None:
    assert judged(GOOD, BAD) == Verdict(HOLES, "old 1.0: PYSEC-1, CVE-1; mended in 1.1")


def test_a_package_that_nobody_knows_is_not_called_sound() -> None:
    assert judged(GOOD, SKIPPED) == Verdict(UNKNOWN, "odd: not audited, not found")


def test_a_service_that_knows_nothing_is_said_to() -> None:
    verdict = judged(SKIPPED)
    assert (verdict.status, "knows none of the 1 packages" in verdict.words) == (UNKNOWN, True)


@pytest.mark.parametrize("output", ["", "Traceback", "[]", "{}"])
def test_a_service_that_cannot_be_reached_is_said_to_be(output: str) -> None:
    verdict = judge(output, "ERROR: something\nERROR: Could not connect to PyPI")
    assert verdict == Verdict(
        UNKNOWN,
        "Not audited: the advisory service could not be asked, so nothing is known "
        "(ERROR: Could not connect to PyPI).",
    )


def test_an_auditor_that_cannot_be_fetched_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(auditing, "_auditor_is_there", lambda: False)
    verdict = audit(tmp_path / "constraints.txt")
    assert (verdict.status, verdict.words.startswith("Not audited: pip-audit is not installed")) == (
        UNKNOWN,
        True,
    )
