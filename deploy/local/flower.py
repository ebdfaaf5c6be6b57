"""Flower as a part of `make run`: on this machine only, with a login that is made once if none is chosen."""

from dataclasses import dataclass
from secrets import token_hex

from pydantic import ValidationError

from deploy.local.checks import CannotStart, require_free_port
from deploy.processes.flower_settings import complaint, load_flower_settings
from shared.crypto import kept_secret
from shared.settings import Settings

HOST = "127.0.0.1"
LOGIN_FILE = "flower_login"


@dataclass(frozen=True)
class LocalFlower:
    """Where Flower will listen, and who may see it; ``login_file`` is empty where the login was chosen."""

    port: int
    login: str
    login_file: str

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        """What its process is told."""
        return {
            "ROLLCALL_HTTP_HOST": HOST,
            "FLOWER_PORT": str(self.port),
            "FLOWER_BASIC_AUTH": self.login,
        }


def local_flower(settings: Settings) -> LocalFlower | None:
    """Flower as the variables want it; None where its port is 0. Raises CannotStart."""
    try:
        chosen = load_flower_settings(settings)
    except ValidationError as error:
        raise CannotStart(complaint(error)) from None
    if not chosen.port:
        return None
    require_free_port(HOST, chosen.port, "FLOWER_PORT")
    if chosen.basic_auth:
        return LocalFlower(chosen.port, chosen.basic_auth, "")
    path = settings.data_dir / LOGIN_FILE
    return LocalFlower(chosen.port, kept_secret(path, lambda: f"flower:{token_hex(16)}"), str(path))
