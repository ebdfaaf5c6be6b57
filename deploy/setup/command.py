"""The set-up command: finds out what is missing, does it, and does nothing when nothing is."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.setup.errors import SetupFailed
from deploy.setup.layout import Layout, python_series
from deploy.setup.needs import Need, Verdict, judge
from deploy.setup.progress import Phase, Progress

if TYPE_CHECKING:
    from deploy.setup.steps import Steps

_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run set-up. Returns the exit status; 1 for a failure that was explained on stderr."""
    options = _parse(arguments)
    layout = Layout(Path(__file__).resolve().parents[2])
    try:
        if options.check:
            from deploy.setup.report import print_report

            return print_report(layout, judge(layout))
        if judge(layout).need is Need.NOTHING:
            return _announce(options.quiet, "Everything is installed.")
        return _set_up(layout)
    except KeyboardInterrupt:
        print(
            "\nInterrupted. Run the same command again: it starts over where that is needed.", file=sys.stderr
        )
        return _INTERRUPTED
    except (SetupFailed, OSError) as failure:
        print(f"\n{failure}\nThen run the same command again.", file=sys.stderr)
        return 1


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python3 -m deploy.setup", description="Install what Rollcall needs."
    )
    parser.add_argument(
        "--check", action="store_true", help="only print what is installed; 1 if something is missing"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing when there is nothing to do")
    return parser.parse_args(arguments)


def _announce(quiet: bool, text: str) -> int:
    if not quiet:
        print(text, file=sys.stderr)
    return 0


def _set_up(layout: Layout) -> int:
    """Do what is missing, alone. Imported late: the usual run ends before it gets here."""
    from deploy.setup.lock import only_one
    from deploy.setup.steps import Steps

    def on_wait() -> None:
        print(
            "Another set-up is at work in this folder; waiting for it to finish.", file=sys.stderr, flush=True
        )

    started = time.monotonic()
    with only_one(layout.lock, on_wait) as descriptor:
        verdict = judge(layout)  # again, as the one waited for may have done it all
        if verdict.need is Need.NOTHING:
            return 0
        layout.venv.mkdir(exist_ok=True)
        steps = Steps(layout.root, layout.log, descriptor)
        steps.say(f"Setting up Rollcall in .venv (Python {sys.version.split()[0]})")
        _carry_out(layout, verdict, steps)
        steps.say(f"Ready after {time.monotonic() - started:.0f} s.")
    return 0


def _carry_out(layout: Layout, verdict: Verdict, steps: Steps) -> None:
    """The whole order of a set-up. Every change of packages is framed by two notes of how far it got."""
    from deploy.setup import environment, models

    fingerprint = layout.fingerprint()

    def note(phase: Phase) -> None:
        Progress(phase, fingerprint, python_series(), str(layout.root)).save(layout.progress)

    if verdict.reason:
        steps.say(f"  {verdict.reason}")
    if verdict.need in {Need.PACKAGES, Need.EVERYTHING}:
        note(Phase.INSTALLING)
        if verdict.need is Need.EVERYTHING:
            environment.wipe(layout)
            environment.create(layout, steps)
        environment.install(layout, steps)
    note(Phase.INSTALLED)
    models.build(layout, steps)
    note(Phase.READY)
