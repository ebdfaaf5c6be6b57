"""How far jobs are, as bars that their events feed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from client import resources
from client.cli.output import Output

NAME_COLUMNS = 40


class Bars:
    """A bar for each job under way, and one for all of several."""

    def __init__(self, output: Output, total: int) -> None:
        self._shown = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[stage]}", style="dim", markup=False),
            TimeElapsedColumn(),
            console=output.err,
            transient=True,
            disable=output.quiet or not output.err.is_terminal,
        )
        self._lock = threading.Lock()
        self._all: TaskID | None = None
        if total > 1:
            self._all = self._shown.add_task("all recordings", total=total, stage=f"0 of {total}")
        self._total, self._ended = total, 0

    def __enter__(self) -> "Bars":
        self._shown.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._shown.stop()

    @contextmanager
    def of(self, name: str) -> Iterator[Callable[[resources.Progress], None]]:
        """A bar for the length of the block; gives what its job's progress is told to."""
        task = self._shown.add_task(name[-NAME_COLUMNS:], total=1, stage="sending")

        def tell(progress: resources.Progress) -> None:
            self._shown.update(task, completed=progress.share, stage=progress.stage)

        try:
            yield tell
        finally:
            self._shown.remove_task(task)
            self._count()

    def _count(self) -> None:
        with self._lock:
            self._ended += 1
            if self._all is not None:
                self._shown.update(self._all, completed=self._ended, stage=f"{self._ended} of {self._total}")
