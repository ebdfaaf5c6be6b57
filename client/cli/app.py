"""The Typer app: what all commands have in common, and the commands."""

import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from client.cli import (
    changes,
    correcting,
    deliveries,
    doctor,
    enroll,
    identify,
    jobs,
    keys,
    speakers,
    webhooks,
)
from client.cli.complaints import Complaint, exit_code, sentence
from client.cli.exit_codes import ExitCode
from client.cli.output import Output
from client.cli.session import Session
from client.cli.settings import Flags
from client.errors import RollcallError


class Commands(TyperGroup):
    """Commands that end with a line and an exit status, whatever goes wrong."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (RollcallError, Complaint) as error:
            _output(ctx).failure(error.code, sentence(error))
            raise typer.Exit(exit_code(error)) from None
        except KeyboardInterrupt:
            _output(ctx).failure("interrupted", "Stopped.")
            raise typer.Exit(ExitCode.INTERRUPTED) from None
        except BrokenPipeError:
            _drop_what_is_left()
            raise typer.Exit(ExitCode.PIPE_CLOSED) from None
        except OSError as error:
            _drop_what_is_left()
            _output(ctx).failure("unwritable", f"The answer cannot be written: {error.strerror or error}.")
            raise typer.Exit(ExitCode.WRONG_USE) from None


def _drop_what_is_left() -> None:
    """What is in the buffer must not fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _output(ctx: Any) -> Output:
    return ctx.obj.output if isinstance(ctx.obj, Session) else Output()


app = typer.Typer(
    name="rollcall",
    cls=Commands,
    help="Who speaks when, for voices you have enrolled.",
    epilog="Exit codes, the configuration file and examples: docs/command-line.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(version("rollcall"))
        raise typer.Exit


@app.callback()
def common(
    ctx: typer.Context,
    url: Annotated[
        str | None, typer.Option(envvar="ROLLCALL_URL", help="Address of the service.", show_default=False)
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(
            envvar="ROLLCALL_API_KEY",
            help="API key. Others on this machine may see it in a flag; the variable or a file is safer.",
            show_default=False,
        ),
    ] = None,
    api_key_file: Annotated[
        Path | None,
        typer.Option(envvar="ROLLCALL_API_KEY_FILE", help="File that holds the API key.", show_default=False),
    ] = None,
    profile: Annotated[
        str, typer.Option(envvar="ROLLCALL_PROFILE", help="Profile of the configuration file.")
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option(
            envvar="ROLLCALL_CONFIG",
            help="Configuration file, instead of rollcall/config.toml in XDG_CONFIG_HOME (~/.config).",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option(
            min=1, help="Seconds that one answer of the service may take; 60 by default.", show_default=False
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks.")] = False,
    colour: Annotated[
        bool | None,
        typer.Option("--color/--no-color", help="Colours; by default where a terminal shows them."),
    ] = None,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    """Who speaks when, for voices you have enrolled."""
    flags = Flags(url, api_key, api_key_file, profile, config, timeout)
    ctx.obj = Session(flags, Output(quiet=quiet, colour=colour))


app.command("enroll")(enroll.enroll)
app.command("identify")(identify.identify)
speakers.app.command("rename")(correcting.rename_speaker)
speakers.app.command("merge")(correcting.merge_speakers)
speakers.app.command("rematch")(correcting.rematch_speaker)
app.add_typer(speakers.app, name="speakers")
jobs.app.command("name")(correcting.name_voice)
app.add_typer(jobs.app, name="jobs")
app.add_typer(changes.app, name="changes")
app.add_typer(deliveries.app, name="deliveries")
app.add_typer(webhooks.app, name="webhooks")
app.add_typer(keys.app, name="keys")
app.command("doctor")(doctor.doctor)
