"""What earlier runs measured, read out of RESULTS.md."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.queue_capacity import TITLE

RESULTS = Path(__file__).parent / "RESULTS.md"
IN_PROCESS = "Identification in process, beside the stock pipeline with the same weights and threads"
SERVED = "Synchronous identification of a 75 s conversation, warm worker"
SERVED_SECONDS = 75


class NotMeasured(Exception):
    """A section that is needed is not in the results; the message says how to get it."""


@dataclass(frozen=True)
class Measured:
    """What a recording costs a worker, and how many jobs a second the stores take."""

    real_time_factor: float
    overhead_seconds: float
    cores: int
    submits_per_second: float
    claims_per_second: float
    sent_per_second: float
    taken_per_second: float


def read_measured(path: Path = RESULTS) -> Measured:
    """Raises NotMeasured.

    The real time factor is the slope of a line through the recordings of different lengths. The overhead is
    what a whole call over HTTP takes above that line, so everything that is not the engine is in it.
    """
    text = path.read_text()
    lengths = _rows(text, IN_PROCESS, "identification-speed")
    minutes, seconds = (np.array([float(row[place]) for row in lengths]) for place in (0, 2))
    factor = float(np.polyfit(60 * minutes, seconds, 1)[0])
    served = float(_row(_rows(text, SERVED, "conversation"), "whole call over HTTP")[1])
    capacity = [row for row in _rows(text, TITLE, "queue-capacity") if row[1] != "SQLite"]
    rates = {row[0]: float(row[5]) for row in capacity}  # the last of each is that with most waiting
    return Measured(
        real_time_factor=factor,
        overhead_seconds=max(0.0, served - SERVED_SECONDS * factor),
        cores=int(re.findall(r"(\d+) cores", text)[0]),
        submits_per_second=rates["submit"],
        claims_per_second=rates["claim"],
        sent_per_second=rates["send a message"],
        taken_per_second=rates["take a message"],
    )


def _rows(text: str, title: str, part: str) -> list[list[str]]:
    """The cells of a section's table."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise NotMeasured(f"RESULTS.md has no {title!r}: make bench ARGS='--only {part} --update'")
    lines = [line for line in found[1].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _row(rows: list[list[str]], name: str) -> list[str]:
    return next(row for row in rows if row[0] == name)
