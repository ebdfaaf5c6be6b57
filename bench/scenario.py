"""Identification error of a running service on a scenario, scored over HTTP by an outside program."""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.report import Section
from deploy.local.background import BackgroundStack

MEASURES = ("ier", "miss", "false_alarm", "confusion", "named", "false_name")


def score_scenario(scenario: Path, scorer: Path) -> Section:
    """Start a service, let the scorer enrol and identify, and take its report."""
    with TemporaryDirectory() as folder:
        stack = BackgroundStack(Path(folder) / "data")
        stack.start()
        try:
            stack.wait_until_ready()
            report_file = Path(folder) / "report.json"
            subprocess.run(
                [
                    *(sys.executable, str(scorer), str(scenario), "--url", stack.url),
                    *("--apikey", stack.api_key, "--json", str(report_file)),
                ],
                check=True,
            )
            report = json.loads(report_file.read_text())
        finally:
            stack.stop()
    real_time_factor = report.pop("real_time_factor")["wall"]
    groups = sorted(report, key=lambda group: (group == "all", group))
    return Section(
        f"Identification on the scenario {scenario.name!r}",
        ("condition", *MEASURES),
        [(group, *(f"{report[group][measure]:.3f}" for measure in MEASURES)) for group in groups],
        "Frames of 10 ms, 100 ms around each reference boundary left out. "
        f"Real time factor over HTTP {real_time_factor:.3f}.",
    )
