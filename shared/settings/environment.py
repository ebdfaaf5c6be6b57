"""The one place that touches the process environment besides the settings: for libraries and children."""

import os


def set_environment(name: str, value: str) -> None:
    """Set variable ``name`` for this process and the children it starts from now on."""
    os.environ[name] = value


def environment_with(**changes: str) -> dict[str, str]:
    """This process's environment with some variables changed, for a child process."""
    return os.environ | changes


def default_environment(name: str, value: str) -> None:
    """The same, unless whoever started this process has chosen a value."""
    os.environ.setdefault(name, value)
