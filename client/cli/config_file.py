"""The configuration file: TOML, with profiles for more than one service."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from client.cli.complaints import Complaint


@dataclass(frozen=True)
class Profile:
    """What a configuration may say of a service; what it does not say is None."""

    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    api_key_file: str | None = None
    timeout_seconds: float | None = None
    parallel: int | None = None
    format: str | None = None


TYPES: Mapping[str, tuple[type, ...]] = {"timeout_seconds": (int, float), "parallel": (int,)}
RANGES = {"timeout_seconds": (1, 3600), "parallel": (1, 16)}


def config_path(environment: Mapping[str, str]) -> Path:
    """Where the file is, by the XDG base directories. Source: freedesktop.org, "XDG Base Directory"."""
    home = environment.get("XDG_CONFIG_HOME") or str(
        Path(environment.get("HOME", "~")).expanduser() / ".config"
    )
    return Path(home) / "rollcall" / "config.toml"


def read_profile(path: Path, name: str, *, required: bool) -> Profile:
    """A profile of the file; the unnamed one is the file's top. Raises Complaint."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if required or name:
            raise Complaint(f"There is no configuration file {path}.") from None
        return Profile()
    except (OSError, ValueError) as error:
        raise Complaint(f"{path} cannot be read: {error}.") from None
    profiles = content.pop("profiles", {})
    if not name:
        return _profile(path, "", content)
    if not isinstance(profiles, dict) or name not in profiles:
        known = ", ".join(profiles) if isinstance(profiles, dict) and profiles else "none"
        raise Complaint(f"{path} has no profile {name!r}; those it has: {known}.")
    return _profile(path, f"profiles.{name}.", profiles[name])


def _profile(path: Path, prefix: str, content: Any) -> Profile:
    known = [one.name for one in fields(Profile)]
    if not isinstance(content, dict):
        raise Complaint(f"{path}: {prefix.rstrip('.')} must be a table.")
    for name, value in content.items():
        if name not in known:
            raise Complaint(f"{path}: {prefix}{name} is no setting; those there are: {', '.join(known)}.")
        if not isinstance(value, TYPES.get(name, (str,))) or isinstance(value, bool):
            kind = "a number" if name in TYPES else "a string"
            raise Complaint(f"{path}: {prefix}{name} must be {kind}.")
    for name, (low, high) in RANGES.items():
        if not low <= content.get(name, low) <= high:
            raise Complaint(f"{path}: {prefix}{name} must be from {low} to {high}.")
    return Profile(**content)
