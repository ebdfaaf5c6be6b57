"""``rollcall keys``: API keys of the tenant."""

import typer

app = typer.Typer(help="API keys of your tenant; needs a key with the scope admin.", no_args_is_help=True)
