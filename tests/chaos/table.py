"""The one table of a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What a fault did. ``held`` is whether the promise that the fault is about was kept."""

    fault: str
    rounds: int
    accepted: int
    completed: int
    lost: int
    doubled: int
    recovered_seconds: float | None
    promise: str
    held: bool
    remark: str = ""


HEADS = (
    "fault",
    "rounds",
    "accepted",
    "completed",
    "lost",
    "doubled",
    "s to recover",
    "promise",
    "kept",
    "remark",
)


def as_markdown(rows: Sequence[Row]) -> str:
    """The table, for people and for files."""
    lines = [HEADS, tuple("---" for _ in HEADS), *(_cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    recovered = "–" if row.recovered_seconds is None else f"{row.recovered_seconds:.1f}"
    numbers = (row.rounds, row.accepted, row.completed, row.lost, row.doubled)
    return (
        row.fault,
        *(str(number) for number in numbers),
        recovered,
        row.promise,
        "yes" if row.held else "NO",
        row.remark,
    )
