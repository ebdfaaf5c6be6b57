"""What `make run` says once the service is ready: addresses, keys, and a line to try."""

import sys
import time
from pathlib import Path

from deploy.local.checks import is_ready
from deploy.local.flower import LocalFlower
from shared.settings import Settings

READY_POLL_SECONDS = 0.3


def greet_when_ready(settings: Settings, key: str, flower: LocalFlower | None) -> None:
    """Wait until the gateway says that all is there, and print."""
    url = gateway_url(settings)
    while not is_ready(url):
        time.sleep(READY_POLL_SECONDS)
    shown = _shown_key(settings, key)
    speakers = f"{url}/audio/generic/api/v1/sync/diarization/get_enrolled_speakers?getAllSpeakers=True"
    watch = f"  Flower   {flower.url}   login {_shown_login(flower)}\n" if flower else ""
    console = f"  Console  {url}/console\n" if settings.console else ""
    command = _command()
    print(
        f"\n  Rollcall is ready.\n\n  URL      {url}\n{console}  API key  {shown}\n{watch}\n"
        f"  Try it:  curl -s -H \"X-API-Key: {shown}\" '{speakers}'\n"
        f"           {command} enroll alice alice.wav && {command} identify meeting.wav\n\n"
        "  Ctrl-C stops everything.\n",
        flush=True,
    )


def gateway_url(settings: Settings) -> str:
    """Where the gateway listens."""
    return f"http://{settings.http_host}:{settings.http_port}"


def keep_address(settings: Settings) -> None:
    """Write down beside the key where the gateway is, for `rollcall` on this machine."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - compared, not listened on
    host = everywhere.get(settings.http_host, settings.http_host)
    (settings.data_dir / "url").write_text(f"http://{host}:{settings.http_port}\n")


def _command() -> str:
    """The command of this installation, as short as it can be typed here."""
    command = Path(sys.executable).with_name("rollcall")
    here = Path.cwd()
    return str(command.relative_to(here) if command.is_relative_to(here) else command)


def _shown_key(settings: Settings, key: str) -> str:
    """The key for a person at a terminal; where to find it for one who reads a log, which is kept."""
    if sys.stdout.isatty():
        return key
    return (
        "$ROLLCALL_BOOTSTRAP_API_KEY" if settings.bootstrap_api_key else f"$(cat {settings.data_dir}/api_key)"
    )


def _shown_login(flower: LocalFlower) -> str:
    if sys.stdout.isatty():
        return flower.login
    return f"$(cat {flower.login_file})" if flower.login_file else "$FLOWER_BASIC_AUTH"
