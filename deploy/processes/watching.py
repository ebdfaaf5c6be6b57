"""``python -m deploy.processes.watching``: Flower, to look at the queue and to touch nothing.

Flower's own option hides and refuses what controls workers. Here, besides, every address needs the login, its
metrics and health too, nothing but reading passes, and no file of the working folder is run as configuration.
The process knows Redis only: no ledger, no master key. It keeps what it saw in a file of the data dir.
"""

import base64
import binascii
import hmac
import logging
import signal
import sys
from typing import Any

from flower.app import Flower
from flower.options import options
from flower.urls import settings as web_settings
from pydantic import ValidationError
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from deploy.processes.flower_settings import FlowerSettings, complaint, load_flower_settings
from shared.logging import configure_logging
from shared.queue import make_celery
from shared.settings import Settings, load_settings

READING = frozenset({"GET", "HEAD"})
NOT_LOGGED_IN, NOT_ALLOWED = 401, 405
# What it has seen is in its file after so long, should it be killed; a stop writes the file at once.
SAVED_EVERY_SECONDS = 30
# Writing more would hold up its pages.
TASKS_REMEMBERED = 10_000


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
        chosen = load_flower_settings(settings)
    except ValidationError as error:
        return f"Flower does not start: {complaint(error)}"
    if not chosen.basic_auth:
        return "Flower does not start: FLOWER_BASIC_AUTH is empty; it must be name:password"
    _set_options(settings, chosen)
    # It asks workers about themselves before any can answer, and warns of each question; the pages show it.
    logging.getLogger("flower.inspector").setLevel(logging.ERROR)
    flower = WatchingOnly(capp=make_celery(settings), options=options, **web_settings)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    flower.start_http_server()
    try:
        flower.start()
    except (KeyboardInterrupt, SystemExit):
        flower.stop()
    return 0


def _set_options(settings: Settings, chosen: FlowerSettings) -> None:
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    options.basic_auth = [chosen.basic_auth]
    options.read_only = True
    options.address, options.port = settings.http_host, chosen.port
    options.persistent, options.db = True, str(settings.data_dir.resolve() / "flower")
    options.max_tasks = TASKS_REMEMBERED
    options.state_save_interval = SAVED_EVERY_SECONDS * 1000


if __name__ == "__main__":
    sys.exit(main())
