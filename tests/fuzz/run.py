"""One run of the generator against a running stack."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.background import BackgroundStack
from shared.settings.environment import environment_with
from tests.fuzz.material import ENROLL_SECONDS, VARIABLE, material

CONFIG = Path(__file__).with_name("schemathesis.toml")
# Short samples, so that a run is about requests and not about models.
SETTINGS = {
    "ROLLCALL_EGRESS_ALLOW": "127.0.0.0/8",
    "ROLLCALL_ENROLL_REJECT_SECONDS": str(ENROLL_SECONDS),
    "ROLLCALL_ENROLL_COMPLETE_SECONDS": str(2 * ENROLL_SECONDS),
    "ROLLCALL_MAX_CONTENT_BYTES": str(4 * 1024 * 1024),
    "ROLLCALL_MAX_AUDIO_SECONDS": "60",
}


@dataclass(frozen=True)
class Outcome:
    """What a run found: its exit status, how many requests it made, and its whole output."""

    returncode: int
    cases: int
    output: str

    @property
    def summary(self) -> str:
        """A line for people."""
        return f"{self.cases} cases, exit status {self.returncode}"


def fuzz(stack: BackgroundStack, examples: int, *, seed: int | None = None, phases: str = "all") -> Outcome:
    """Run every check on every operation, with at most ``examples`` generated cases of each in a phase."""
    with material(stack) as valid:
        command = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            f"--config-file={CONFIG}",
            "run",
            f"{stack.url}/openapi.json",
            f"--max-examples={examples}",
            "--checks=all",
            "--request-timeout=60",
            "--no-color",
        ]
        if phases != "all":
            command.append(f"--phases={phases}")
        if seed is not None:
            command.append(f"--seed={seed}")
        environment = environment_with(
            **{
                VARIABLE: valid.write(),
                "ROLLCALL_FUZZ_KEY": stack.api_key,
                "SCHEMATHESIS_HOOKS": "tests.fuzz.hooks",
                "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path]),
            }
        )
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    counted = re.search(r"([\d,]+) generated", output)
    return Outcome(done.returncode, int(counted[1].replace(",", "")) if counted else 0, output)
