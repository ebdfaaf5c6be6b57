"""``python -m deploy.processes.watching``: Flower, to look at the queue and to touch nothing.

Flower's own option hides and refuses what controls workers. Here, besides, every address needs the login, its
metrics and health too, nothing but reading passes, and no file of the working folder is run as configuration.
The process knows Redis only: no ledger, no master key.
"""

import base64
import binascii
import hmac
import signal
import sys
from typing import Any

from flower.app import Flower
from flower.options import options
from flower.urls import settings as web_settings
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from shared.logging import configure_logging
from shared.queue import make_celery
from shared.settings import load_settings

READING = frozenset({"GET", "HEAD"})
NOT_LOGGED_IN, NOT_ALLOWED = 401, 405


class FlowerSettings(BaseSettings):
    """Flower's variables, by Flower's own names. Raises pydantic's ValidationError without a login."""

    model_config = SettingsConfigDict(env_prefix="FLOWER_", extra="ignore", hide_input_in_errors=True)

    basic_auth: str = Field("", repr=False, validate_default=True)
    port: int = Field(5555, ge=1, le=65535)

    @field_validator("basic_auth")
    @classmethod
    def _name_and_password(cls, value: str) -> str:
        name, _, password = value.partition(":")
        if not name or not password:
            raise ValueError("must be name:password")
        return value


class WatchingOnly(Flower):
    """Flower's application behind one door."""

    def find_handler(self, request: HTTPServerRequest, **more: Any) -> Any:
        """Flower's handler of a request, or a refusal."""
        if not is_logged_in(request, self.options.basic_auth[0]):
            return self.get_handler_delegate(request, Refusal, {"status": NOT_LOGGED_IN})
        if request.method not in READING:
            return self.get_handler_delegate(request, Refusal, {"status": NOT_ALLOWED})
        return super().find_handler(request, **more)


class Refusal(RequestHandler):
    """Answers one status to everything."""

    def initialize(self, status: int) -> None:
        """Keep the status."""
        self._status = status

    def check_xsrf_cookie(self) -> None:
        """Nothing to protect: it would only answer another status."""

    def prepare(self) -> None:
        """Answer."""
        self.set_status(self._status)
        if self._status == NOT_LOGGED_IN:
            self.set_header("WWW-Authenticate", 'Basic realm="flower"')
        self.finish()


def is_logged_in(request: HTTPServerRequest, login: str) -> bool:
    """Whether a request brings the login, compared in constant time."""
    scheme, _, credentials = request.headers.get("Authorization", "").partition(" ")
    try:
        presented = base64.b64decode(credentials, validate=True)
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and hmac.compare_digest(presented, login.encode())


def main() -> str | int:
    """Serve until stopped; a complaint if there is no login."""
    settings = load_settings()
    configure_logging(settings.log_level)
    try:
        chosen = FlowerSettings()  # type: ignore[call-arg]
    except ValidationError as error:
        problem = error.errors(include_input=False)[0]
        return f"Flower does not start: FLOWER_{str(problem['loc'][0]).upper()}: {problem['msg']}"
    options.basic_auth = [chosen.basic_auth]
    options.read_only = True
    options.address, options.port = settings.http_host, chosen.port
    flower = WatchingOnly(capp=make_celery(settings), options=options, **web_settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    flower.start_http_server()
    try:
        flower.start()
    except (KeyboardInterrupt, SystemExit):
        flower.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
