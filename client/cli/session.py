"""What every command starts from: its settings, its output, its client."""

from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any

import typer

from client.cli.output import Output
from client.cli.settings import Flags, Settings, require_key, settings_here
from client.service import RollcallClient

AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, as the service gave it.")]


class Session:
    """One run of the command; settings are looked for when they are first needed."""

    def __init__(self, flags: Flags, output: Output) -> None:
        self._flags = flags
        self.output = output

    @cached_property
    def settings(self) -> Settings:
        """Raises Complaint for a configuration that cannot be used."""
        return settings_here(self._flags)

    @cached_property
    def client(self) -> RollcallClient:
        """Raises Complaint if there is no key."""
        require_key(self.settings)
        return RollcallClient(
            self.settings.url, self.settings.api_key, timeout_seconds=self.settings.timeout_seconds
        )

    def show(self, rows: Sequence[Any], columns: Sequence[str], cells: Any) -> None:
        """A list of resources: as JSON, or a table of what ``cells`` makes of each."""
        if self.output.as_json:
            self.output.json([row.raw for row in rows])
        else:
            self.output.table(columns, [cells(row) for row in rows])

    def show_one(self, row: Any, columns: Sequence[str], cells: Any) -> None:
        """A resource: as JSON, or a line for each of its cells that has something in it."""
        if self.output.as_json:
            self.output.json(row.raw)
            return
        for column, cell in zip(columns, cells(row), strict=True):
            if cell:
                self.output.out.print(f"{column:<16}{cell}", markup=False, soft_wrap=True)


def session_of(ctx: typer.Context, *, as_json: bool = False) -> Session:
    """The session of a command."""
    session: Session = ctx.find_root().obj
    session.output.as_json = as_json
    return session
