"""``python -m deploy.audit``: which of the pinned packages have known holes.

Exit status: 0 none has, 1 some have, 2 nobody could tell, because the auditor or its advisory service is out
of reach.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CONSTRAINTS = Path(__file__).resolve().parents[1] / "constraints.txt"
SOUND, HOLES, UNKNOWN = 0, 1, 2
TIMEOUT_SECONDS = 900


@dataclass(frozen=True)
class Verdict:
    """What came out, in words, and the exit status that says so."""

    status: int
    words: str


def main() -> int:
    """Audit the pinned packages, print what was found, and return the exit status."""
    verdict = audit(CONSTRAINTS)
    print(verdict.words, file=sys.stderr if verdict.status else sys.stdout)
    return verdict.status


def audit(constraints: Path, *options: str) -> Verdict:
    """Ask about every pin of a file. ``options`` are pip-audit's."""
    if not _auditor_is_there():
        return Verdict(
            UNKNOWN, "Not audited: pip-audit is not installed and could not be fetched; is there a network?"
        )
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(constraints)]
    # The pins are complete: nothing has to be resolved, let alone built.
    command += ["--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off", *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        return Verdict(UNKNOWN, f"Not audited: the advisory service took above {TIMEOUT_SECONDS} s.")
    return judge(done.stdout, done.stderr)


def judge(output: str, complaints: str) -> Verdict:
    """The verdict on pip-audit's two outputs; its exit status does not tell a hole from a fault."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaints.strip().splitlines() or ["it said nothing"])[-1]
        return Verdict(
            UNKNOWN, f"Not audited: the advisory service could not be asked, so nothing is known ({last})."
        )
    holes = list(_holes(packages))
    unknown = [one for one in packages if "skip_reason" in one]
    if len(unknown) == len(packages):
        return Verdict(
            UNKNOWN,
            f"Not audited: the advisory service knows none of the {len(packages)} packages. "
            "Is it a mirror without advisories, or a proxy that lets nothing through?",
        )
    skipped = [f"{one['name']}: not audited, {one['skip_reason']}" for one in unknown]
    if holes or skipped:
        return Verdict(HOLES if holes else UNKNOWN, "\n".join([*holes, *skipped]))
    return Verdict(SOUND, f"No known holes in {len(packages)} packages.")


def _holes(packages: list[dict[str, Any]]) -> Iterator[str]:
    for package in packages:
        for hole in package.get("vulns", []):
            names = ", ".join([hole["id"], *hole.get("aliases", [])])
            mended = ", ".join(hole.get("fix_versions", [])) or "no release yet"
            yield f"{package['name']} {package['version']}: {names}; mended in {mended}"


def _auditor_is_there() -> bool:
    """Whether pip-audit is installed, or could be: it is no part of set-up, since few need it."""
    if find_spec("pip_audit"):
        return True
    install = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    command = [sys.executable, *install, "-c", str(CONSTRAINTS), "pip-audit"]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
