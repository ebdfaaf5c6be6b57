"""``make chaos``: the whole campaign. ARGS="--only workers,redis" for some of it, --short for few rounds."""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from shared.logging import configure_logging
from tests.chaos.faults import FAULTS
from tests.chaos.table import Row, as_markdown

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """0 if every promise was kept."""
    cli = argparse.ArgumentParser(prog="make chaos")
    cli.add_argument("--only", default="", help=f"some of {','.join(FAULTS)}")
    cli.add_argument("--short", action="store_true", help="few rounds of each")
    wanted = cli.parse_args()
    names = wanted.only.split(",") if wanted.only else list(FAULTS)
    configure_logging("CRITICAL")
    rows: list[Row] = []
    for name in names:
        rows += _run(name, short=wanted.short)
    sys.stdout.write(f"\n{as_markdown(rows)}\n")
    if not wanted.only and not wanted.short:
        RESULTS.write_text(_page(rows))
    return 0 if all(row.held for row in rows) else 1


def _run(name: str, *, short: bool) -> list[Row]:
    fault = FAULTS[name]
    size = fault.short if short else fault.whole
    if not size:
        return []
    folder = Path(tempfile.mkdtemp(prefix=f"chaos-{name}-"))
    started = time.monotonic()
    rows = fault.run(folder, size)
    sys.stdout.write(f"{name}: {time.monotonic() - started:.0f} s\n{as_markdown(rows)}\n")
    sys.stdout.flush()
    if all(row.held for row in rows):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        sys.stdout.write(f"left to look at: {folder}\n")
    return rows


def _page(rows: list[Row]) -> str:
    return (
        "# What breaking it did\n\nWritten by `make chaos`; nothing here is typed in by hand. Real processes "
        "and servers on one machine; only the models are a stand-in that needs milliseconds.\n\n"
        f"{as_markdown(rows)}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
