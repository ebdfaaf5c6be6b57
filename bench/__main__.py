"""``make bench``: every measurement in one run; ARGS="--scenario DIR --scorer FILE" adds a score."""

import argparse
import sys
from pathlib import Path

from bench.accepting import measure_accepting
from bench.conversation import measure_conversation
from bench.gateway_start import measure_gateway_start
from bench.large_bodies import measure_large_bodies
from bench.report import Section, write_report
from bench.scenario import score_scenario

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    """Run everything; 0 when it could be measured, whatever the figures."""
    cli = argparse.ArgumentParser(prog="make bench")
    cli.add_argument("--scenario", type=Path, help="folder of enrolment recordings, conversations and RTTM")
    cli.add_argument(
        "--scorer", type=Path, help="program that scores a service on it: SCENARIO --url --apikey --json"
    )
    wanted = cli.parse_args()
    if bool(wanted.scenario) != bool(wanted.scorer):
        cli.error("--scenario and --scorer go together")
    sections: list[Section] = [
        measure_gateway_start(),
        measure_accepting(),
        measure_large_bodies(),
        measure_conversation(),
    ]
    if wanted.scenario:
        sections.append(score_scenario(wanted.scenario, wanted.scorer))
    write_report(RESULTS, sections)
    print(f"\nWritten to {RESULTS}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
