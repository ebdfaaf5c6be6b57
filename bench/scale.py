"""``python -m bench.scale``: how many workers a number of calls needs, by simulation with measured times.

What docs/scale.md shows is what this prints: ``--write`` puts it there.
"""

import argparse
import math
import sys
from pathlib import Path

import numpy as np

from bench.measured import Measured, NotMeasured, read_measured
from bench.report import Section
from bench.simulation import Workload, turnarounds, workers_needed

PAGE = Path(__file__).parents[1] / "docs/scale.md"
BEGIN, END = "<!-- python -m bench.scale --write -->", "<!-- until here -->"

CALLS = (1, 100, 10_000)
CALL_SECONDS = 300.0
WITHIN_SECONDS = 30.0
SHARE = 0.95
RECORDINGS = 100_000
# For the busiest hour of the day, and for the worker that is just being replaced.
MOST_BUSY_SHARE = 0.9
DAY_HOURS = 24
# Of a job: its own message, and its webhook's.
MESSAGES_PER_JOB = 2
MORE_WORKERS = (0, 1, 2, 4)


def main() -> int:
    """Print the tables, or write them into the page."""
    wanted = _command_line().parse_args()
    try:
        text = tables(read_measured(), wanted.call_seconds, wanted.price_per_core_hour)
    except NotMeasured as error:
        return _complain(str(error))
    if wanted.write:
        write_page(text)
    else:
        sys.stdout.write(text)
    return 0


def tables(
    measured: Measured, call_seconds: float = CALL_SECONDS, price_per_core_hour: float | None = None
) -> str:
    """The page's tables as Markdown."""
    workloads = {calls: _workload(measured, calls, call_seconds) for calls in CALLS}
    needed = {
        calls: max(
            math.ceil(workload.load_erlangs / MOST_BUSY_SHARE),
            workers_needed(workload, WITHIN_SECONDS, SHARE, RECORDINGS),
        )
        for calls, workload in workloads.items()
    }
    sections = [
        _workers(measured, workloads, needed, price_per_core_hour),
        _latency(workloads, needed),
        _stores(measured, workloads),
    ]
    return "\n".join(section.markdown() for section in sections)


def write_page(text: str) -> None:
    """Put these tables between the page's marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{rest.partition(END)[2]}")


def _workload(measured: Measured, calls: float, call_seconds: float) -> Workload:
    return Workload(calls, call_seconds, measured.overhead_seconds, measured.real_time_factor)


def _workers(
    measured: Measured, workloads: dict[int, Workload], needed: dict[int, int], price: float | None
) -> Section:
    columns = ["calls at once", "recordings/s", "workers kept busy", "workers needed", "busy %"]
    columns += ["cores", "core hours a day", *(["price a day"] if price is not None else [])]
    rows = []
    for calls, workload in workloads.items():
        cores = needed[calls] * measured.cores
        row = [f"{calls:,}", f"{workload.recordings_per_second:.3g}", f"{workload.load_erlangs:.2f}"]
        row += [f"{needed[calls]}", f"{100 * workload.load_erlangs / needed[calls]:.0f}", f"{cores}"]
        row += [f"{cores * DAY_HOURS:,}"]
        row += [f"{cores * DAY_HOURS * price:,.2f}"] if price is not None else []
        rows.append(row)
    return Section(
        "Workers",
        columns,
        rows,
        f"Calls of {workloads[1].call_seconds:g} s on average. A recording costs a worker of "
        f"{measured.cores} cores {measured.overhead_seconds:.2f} s, and {measured.real_time_factor:.4f} s "
        f"for each of its seconds: {workloads[1].service_seconds:.1f} s on average. Needed: {SHARE:.0%} "
        f"of results within {WITHIN_SECONDS:g} s of the call's end; workers busy for {MOST_BUSY_SHARE:.0%}.",
    )


def _latency(workloads: dict[int, Workload], needed: dict[int, int]) -> Section:
    rows = []
    for calls, workload in workloads.items():
        for more in MORE_WORKERS:
            workers = needed[calls] + round(more * max(1.0, needed[calls] / 100))
            total = turnarounds(workload, workers, RECORDINGS)
            quantiles = (f"{np.quantile(total, share):.1f}" for share in (0.5, 0.95, 0.99))
            rows.append([f"{calls:,}", f"{workers}", *quantiles])
    return Section(
        "Seconds from a call's end to its result",
        ("calls at once", "workers", "p50", "p95", "p99"),
        rows,
        f"{RECORDINGS:,} simulated recordings each, first come first served, call lengths exponential.",
    )


def _stores(measured: Measured, workloads: dict[int, Workload]) -> Section:
    rates = {
        "PostgreSQL: jobs submitted": (1, measured.submits_per_second),
        "PostgreSQL: jobs claimed": (1, measured.claims_per_second),
        "Redis: messages sent": (MESSAGES_PER_JOB, measured.sent_per_second),
        "Redis: messages taken": (MESSAGES_PER_JOB, measured.taken_per_second),
    }
    columns = ["a second", "measured", *(f"needed for {calls:,} calls" for calls in workloads)]
    rows = [
        [name, f"{rate:.0f}", *(f"{each * load.recordings_per_second:.3g}" for load in workloads.values())]
        for name, (each, rate) in rates.items()
    ]
    limit = min(rate / each for each, rate in rates.values()) * workloads[1].call_seconds
    return Section(
        "Where the stores give out",
        columns,
        rows,
        f"Measured with one process and its server on the same {measured.cores} cores, so more is possible. "
        f"The first of them is reached at {limit:,.0f} calls at once.",
    )


def _command_line() -> argparse.ArgumentParser:
    cli = argparse.ArgumentParser(prog="python -m bench.scale")
    cli.add_argument(
        "--call-seconds", type=float, default=CALL_SECONDS, help="how long calls last on average"
    )
    cli.add_argument("--price-per-core-hour", type=float, help="adds a column with the price of a day")
    cli.add_argument("--write", action="store_true", help="put the tables into docs/scale.md")
    return cli


def _complain(words: str) -> int:
    sys.stderr.write(f"{words}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
