"""Thousands of damaged recordings for the decoder: `python -m tests.security.decoder --files 10000 --seed 1`.

Part of `make fuzz`. Exits with 1 where a promise of `tests.security.verdicts` was broken, and leaves the
files that did it in a folder.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Final

from shared.logging import configure_logging
from tests.security import ogg
from tests.security.bombs import LONG, LYING
from tests.security.mutations import mutated
from tests.security.playlists import playlists
from tests.security.seeds import Seed, make_seeds
from tests.security.verdicts import DECODED, Verdict, judge

_HEADS: Final = ("format", "files", "decoded", "typed errors", "worst s", "violations")
_MENDED_SHARE: Final = 0.7
_REPORTED_FILES: Final = 1000
# What Linux counts in kilobytes, Darwin counts in bytes.
_MAXRSS_BYTES: Final = 1 if sys.platform == "darwin" else 1024


@dataclass
class Row:
    """What came of all files of one format."""

    format: str
    answers: Counter[str] = field(default_factory=Counter)
    worst_seconds: float = 0.0
    violations: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count one more file."""
        self.answers[verdict.answer] += 1
        self.worst_seconds = max(self.worst_seconds, verdict.seconds)
        self.violations += bool(verdict.violation)

    def __str__(self) -> str:
        errors = {code: n for code, n in sorted(self.answers.items()) if code != DECODED}
        listed = ", ".join(f"{code} {count}" for code, count in errors.items())
        cells = (self.format, self.answers.total(), self.answers[DECODED], listed or "–")
        return _line((*cells, f"{self.worst_seconds:.1f}", self.violations))


def main() -> int:
    """0 if every promise was kept."""
    cli = argparse.ArgumentParser(prog="python -m tests.security.decoder")
    cli.add_argument("--files", type=int, default=10_000, help="how many damaged files, over all formats")
    cli.add_argument("--seed", type=int, default=1)
    cli.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    wanted = cli.parse_args()
    configure_logging("CRITICAL")
    began = time.monotonic()
    rows = _run(wanted.files, wanted.seed, wanted.jobs)
    sys.stdout.write(f"{as_markdown(rows)}\n\n{_usage(time.monotonic() - began)}\n")
    return 1 if any(row.violations for row in rows) else 0


def damaged_files(count: int, seed: int) -> Iterator[tuple[Seed, bytes]]:
    """``count`` damaged files, every format in turn; the same ones for the same ``seed``."""
    seeds = make_seeds()
    contents = [made.content for made in seeds]
    for number in range(count):
        made = seeds[number % len(seeds)]
        random = Random(f"{seed} {number}")
        damaged = mutated(random, made.content, contents)
        # Wrong checksums would keep most of the damage from the decoders.
        yield made, ogg.mended(damaged) if random.random() < _MENDED_SHARE else damaged


def bombs() -> Iterator[tuple[Seed, bytes]]:
    """Every file that was made to exhaust or to lead astray."""
    for name, make in {**LONG, **LYING}.items():
        yield Seed(f"bomb: {name}"), make()
    for content in playlists("file:///etc/passwd").values():
        yield Seed("playlists"), content


def as_markdown(rows: list[Row]) -> str:
    """The table, with a sum at its end."""
    total = Row("**all**")
    for row in rows:
        total.answers += row.answers
        total.worst_seconds = max(total.worst_seconds, row.worst_seconds)
        total.violations += row.violations
    ruled = _line("---" for _ in _HEADS)
    return "\n".join([_line(_HEADS), ruled, *map(str, [*rows, total])])


def judged(pieces: Iterable[tuple[Seed, bytes]], jobs: int) -> Iterator[tuple[Seed, bytes, Verdict]]:
    """Decodes ``pieces``, ``jobs`` at a time."""
    remaining = iter(pieces)
    with ThreadPoolExecutor(jobs) as pool:
        # In batches: all files at once would be gigabytes.
        while batch := list(islice(remaining, 16 * jobs)):
            verdicts = pool.map(lambda piece: judge(piece[1], piece[0]), batch)
            for (made, content), verdict in zip(batch, verdicts, strict=True):
                yield made, content, verdict


def _run(count: int, seed: int, jobs: int) -> list[Row]:
    rows: dict[str, Row] = {}
    left = Path(tempfile.mkdtemp(prefix="decoder-"))
    pieces = judged(chain(bombs(), damaged_files(count, seed)), jobs)
    for number, (made, content, verdict) in enumerate(pieces, 1):
        if number % _REPORTED_FILES == 0:
            sys.stderr.write(f"{number} files\n")
        rows.setdefault(made.format, Row(made.format)).add(verdict)
        if verdict.violation:
            _keep(left, made, content, verdict)
    if not any(left.iterdir()):
        left.rmdir()
    return list(rows.values())


def _keep(folder: Path, made: Seed, content: bytes, verdict: Verdict) -> None:
    path = folder / f"{len(list(folder.iterdir()))}"
    path.write_bytes(content)
    sys.stdout.write(f"{made.format}: {verdict.violation}: left in {path}\n")
    sys.stdout.flush()


def _usage(seconds: float) -> str:
    parent, children = (
        resource.getrusage(who).ru_maxrss * _MAXRSS_BYTES / 1e6
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return f"{seconds:.0f} s; at most {children:.0f} MB in a child, {parent:.0f} MB in the decoding process"


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    sys.exit(main())
