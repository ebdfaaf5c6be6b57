"""gunicorn's worker and log, where its own would let a request hold a thread or print what was sent."""

import socket
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from api.edges.security_headers import API_POLICY, EVERYWHERE
from api.intake.watchdog import Watchdog
from shared.logging import make_formatter

# From the first byte of a request to the end of its headers. Bodies have a deadline of their own.
HEADER_SECONDS = 10
WATCHDOG = Watchdog()
FAULT = (500, "Internal Server Error")
REFUSALS: dict[type[Exception], tuple[int, str]] = {
    # These two are of an answer, though they are kinds of those of a request.
    errors.InvalidResponseHeader: FAULT,
    errors.InvalidResponseHeaderName: FAULT,
    errors.LimitRequestLine: (414, "URI Too Long"),
    errors.LimitRequestHeaders: (431, "Request Header Fields Too Large"),
    errors.UnsupportedTransferCoding: (501, "Not Implemented"),
    errors.ExpectationFailed: (417, "Expectation Failed"),
}


class GatewayWorker(ThreadWorker):
    """Threads that do not wait for headers for ever, and refusals that repeat nothing of the request."""

    def handle(self, conn: Any) -> Any:
        """One request of a connection; without whole headers in time the connection ends."""
        with ExitStack() as until_headers:
            until_headers.enter_context(WATCHDOG.watching(HEADER_SECONDS, partial(_stop_reading, conn.sock)))
            conn.until_headers = until_headers
            return super().handle(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """The request itself, whose headers are there."""
        conn.until_headers.close()
        return super().handle_request(req, conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:  # noqa: ARG002
        """Answer what is no HTTP. Neither answer nor log quotes it: it may hold a key."""
        status, reason = refusal_of(exc)
        if status == FAULT[0]:
            self.log.error("request failed in the server", exc_info=exc)
        else:
            self.log.warning(f"refused what is no HTTP request: {type(exc).__name__}")
        with suppress(OSError):
            client.sendall(refusal_page(status, reason))


def refusal_of(error: Exception) -> tuple[int, str]:
    """Status and reason for what the server's parser raises."""
    for kind, refusal in REFUSALS.items():
        if isinstance(error, kind):
            return refusal
    return (400, "Bad Request") if isinstance(error, errors.ParseException) else FAULT


def refusal_page(status: int, reason: str) -> bytes:
    """The whole answer, with the headers that every answer has."""
    page = f"<html><head><title>{reason}</title></head><body><h1>{reason}</h1></body></html>\n"
    headers = {
        "Connection": "close",
        "Content-Type": "text/html",
        "Content-Length": str(len(page)),
        "Cache-Control": "no-store",
        "Content-Security-Policy": API_POLICY,
        **EVERYWHERE,
    }
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", page]).encode("latin-1")


def _stop_reading(connection: socket.socket) -> None:
    # The thread that reads sees an end, and the server closes the connection without a word.
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RD)


class GatewayLogger(Logger):
    """The server's log in the service's form, which masks secrets."""

    def setup(self, cfg: Any) -> None:
        """Set handlers up as gunicorn does, with our formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(make_formatter())
