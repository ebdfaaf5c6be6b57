"""Which service to talk to, with which key: flags, environment, configuration, this machine's service."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from client.addresses import same_place
from client.cli.complaints import Complaint
from client.cli.config_file import Profile, config_path, read_profile
from client.cli.exit_codes import ExitCode
from client.cli.local_service import LocalService, find_local_service

DEFAULT_TIMEOUT_SECONDS = 60.0
DEFAULT_PARALLEL = 4


@dataclass(frozen=True)
class Flags:
    """What flags and environment said; what they did not say is None or empty."""

    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    api_key_file: Path | None = None
    profile: str = ""
    config: Path | None = None
    timeout_seconds: float | None = None


@dataclass(frozen=True)
class Settings:
    """What holds, and where it comes from, for `rollcall doctor`."""

    url: str
    url_source: str
    api_key: str = field(repr=False)
    key_source: str
    timeout_seconds: float
    parallel: int
    format: str
    config_file: Path
    local: LocalService | None


def settings_here(flags: Flags) -> Settings:
    """What holds for a command that is typed now; besides Typer for its flags, only this reads variables."""
    return choose_settings(flags, os.environ, Path.cwd())


def choose_settings(flags: Flags, environment: Mapping[str, str], here: Path) -> Settings:
    """Settings of one command. Raises Complaint for a configuration that cannot be used.

    A key goes only to the address that it was kept with: the configuration's key is not sent to an address
    that a flag names, nor is that of this machine's service. A missing key is empty.
    """
    path = flags.config or config_path(environment)
    profile = read_profile(path, flags.profile, required=flags.config is not None)
    local = find_local_service(environment, here)
    url, url_source = _address(flags, profile, path, local)
    key, key_source = _key(flags, profile, path, local, url)
    return Settings(
        url=url,
        url_source=url_source,
        api_key=key,
        key_source=key_source,
        timeout_seconds=flags.timeout_seconds or profile.timeout_seconds or DEFAULT_TIMEOUT_SECONDS,
        parallel=profile.parallel or DEFAULT_PARALLEL,
        format=profile.format or "",
        config_file=path,
        local=local,
    )


def require_key(settings: Settings) -> None:
    """Raises Complaint if there is no key."""
    if settings.api_key:
        return
    raise Complaint(
        f"There is no API key for {settings.url}. Give it with --api-key or ROLLCALL_API_KEY, put it into "
        f"{settings.config_file}, or call from the folder that `make run` runs in.",
        ExitCode.KEY_REFUSED,
    )


def _address(flags: Flags, profile: Profile, path: Path, local: LocalService | None) -> tuple[str, str]:
    if flags.url:
        return flags.url, "--url or ROLLCALL_URL"
    if profile.url:
        return profile.url, str(path)
    if local:
        return local.url, f"the service of {local.folder}"
    return "http://127.0.0.1:8000", "the default"


def _key(flags: Flags, profile: Profile, path: Path, local: LocalService | None, url: str) -> tuple[str, str]:
    if flags.api_key:
        return flags.api_key, "--api-key or ROLLCALL_API_KEY"
    if flags.api_key_file:
        return _key_in(flags.api_key_file), str(flags.api_key_file)
    if profile.api_key and _same(profile.url, url):
        return profile.api_key, str(path)
    if profile.api_key_file and _same(profile.url, url):
        return _key_in(path.parent / Path(profile.api_key_file).expanduser()), profile.api_key_file
    if local and _same(local.url, url):
        return local.api_key, f"the service of {local.folder}"
    return "", "nowhere"


def _same(kept_with: str | None, url: str) -> bool:
    return kept_with is not None and same_place(kept_with, url)


def _key_in(path: Path) -> str:
    try:
        return path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise Complaint(f"The file of the API key, {path}, cannot be read: {error}.") from None
