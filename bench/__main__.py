"""``make bench``: every measurement in one run.

    make bench ARGS="--scenario DIR --scorer FILE --meetings DIR --voices DIR"

adds those that need recordings; ``--only PART`` runs the sections whose name holds PART, and writes no file
unless ``--update`` has their figures take the place of the earlier ones.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.accepting import measure_accepting
from bench.conversation import measure_conversation
from bench.fairness import measure_fairness
from bench.false_accepts import measure_false_accepts
from bench.gateway_start import measure_gateway_start
from bench.identification_speed import measure_identification_speed
from bench.large_bodies import measure_large_bodies
from bench.long_recording import measure_long_recording
from bench.matching import measure_matching
from bench.measured import NotMeasured, read_measured
from bench.meetings import measure_meetings
from bench.overhead import measure_overhead
from bench.overload import SECONDS as OVERLOAD_SECONDS
from bench.overload import measure_overload
from bench.queue_capacity import measure_queue_capacity
from bench.report import Section, update_report, write_report
from bench.scale import tables, write_page
from bench.scaling import measure_scaling
from bench.scenario import score_scenario
from bench.throughput import measure_throughput
from bench.trunk import measure_trunk
from bench.worker_start import measure_worker_start

RESULTS = Path(__file__).parent / "RESULTS.md"

Measurement = Callable[[], Section | list[Section]]


def main() -> int:
    """Run everything; 0 when it could be measured, whatever the figures."""
    cli = _command_line()
    wanted = cli.parse_args()
    if bool(wanted.scenario) != bool(wanted.scorer):
        cli.error("--scenario and --scorer go together")
    overload = {"overload": partial(measure_overload, wanted.overload_seconds)}
    known = {**WITHOUT_DATA, **overload, **_with_data(wanted), **LONG}
    chosen = {name: measure for name, measure in known.items() if (wanted.only or "") in name}
    if not chosen:
        cli.error(f"no section's name holds {wanted.only!r}; there are {', '.join(known)}")
    sections: list[Section] = []
    for number, (name, measure) in enumerate(chosen.items(), 1):
        sections += _measured(name, measure)
        if not wanted.only:
            # A run of half an hour may be interrupted; what was measured until then is kept.
            write_report(RESULTS, sections, missing=list(chosen)[number:])
    if wanted.only and wanted.update:
        update_report(RESULTS, sections)
    if wanted.update or not wanted.only:
        _write_scale()
    return 0


def _write_scale() -> None:
    """The plan for scale follows from the figures, so that it is not true any more when they have changed."""
    try:
        write_page(tables(read_measured(RESULTS)))
    except NotMeasured as error:
        print(f"docs/scale.md is as it was: {error}", flush=True)


def _command_line() -> argparse.ArgumentParser:
    cli = argparse.ArgumentParser(prog="make bench")
    cli.add_argument("--scenario", type=Path, help="folder of enrolment recordings, conversations and RTTM")
    cli.add_argument(
        "--scorer", type=Path, help="program that scores a service on it: SCENARIO --url --apikey --json"
    )
    cli.add_argument("--meetings", type=Path, help="folder of recordings NAME.flac, each with NAME.rttm")
    cli.add_argument("--voices", type=Path, help="folder of FLAC recordings, each of another person")
    cli.add_argument(
        "--overload-seconds",
        type=float,
        default=OVERLOAD_SECONDS,
        help="for how long the service is overloaded",
    )
    cli.add_argument("--only", help="run the sections whose name holds this, and leave RESULTS.md alone")
    cli.add_argument("--update", action="store_true", help="with --only: put the figures into RESULTS.md")
    return cli


WITHOUT_DATA: dict[str, Measurement] = {
    "gateway-start": measure_gateway_start,
    "worker-start": measure_worker_start,
    "accepting": measure_accepting,
    "gateway-throughput": measure_throughput,
    "overhead": measure_overhead,
    "large-bodies": measure_large_bodies,
    "queue-capacity": measure_queue_capacity,
    "fairness": measure_fairness,
    "conversation": measure_conversation,
    "identification-speed": measure_identification_speed,
    "matching": measure_matching,
}

LONG: dict[str, Measurement] = {
    "scaling": measure_scaling,
    "trunk": measure_trunk,
    "long-recording": measure_long_recording,
}
"""Measured last."""


def _with_data(wanted: argparse.Namespace) -> dict[str, Measurement]:
    """The measurements that the options give recordings for; a line says which others there would be."""
    needed: dict[str, tuple[str, Path | None, Measurement]] = {
        "meetings": ("--meetings DIR", wanted.meetings, partial(measure_meetings, wanted.meetings)),
        "false-accepts": ("--voices DIR", wanted.voices, partial(measure_false_accepts, wanted.voices)),
        "scenario": (
            "--scenario DIR --scorer FILE",
            wanted.scenario,
            partial(score_scenario, wanted.scenario, wanted.scorer),
        ),
    }
    for name, (options, given, _) in needed.items():
        if given is None:
            print(f"Left out: {name}, which needs {options}.", flush=True)
    return {name: measure for name, (_, given, measure) in needed.items() if given is not None}


def _measured(name: str, measure: Measurement) -> list[Section]:
    print(f"Measuring: {name}", flush=True)
    found = measure()
    sections = found if isinstance(found, list) else [found]
    for section in sections:
        print("\n" + section.markdown(), flush=True)
    return sections


if __name__ == "__main__":
    sys.exit(main())
