"""A webhook receiver for the length of the demo."""

import json
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from client import WebhookEvent, verify_webhook


@dataclass(frozen=True)
class Post:
    """What arrived, as it came."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """Where webhooks arrive."""

    def __init__(self, url: str, arrived: "queue.Queue[Post]") -> None:
        self.url = url
        self._arrived = arrived

    def wait(self, seconds: float) -> dict[str, Any] | None:
        """The next body that is posted; None if none comes in time."""
        post = self._next(seconds)
        return dict(json.loads(post.body)) if post else None

    def wait_for_event(self, seconds: float, *secrets: str) -> WebhookEvent | None:
        """The next post as one of these secrets signed it; None if none comes. Raises InvalidSignature."""
        post = self._next(seconds)
        return verify_webhook(post.body, post.headers, *secrets) if post else None

    def _next(self, seconds: float) -> Post | None:
        try:
            return self._arrived.get(timeout=seconds)
        except queue.Empty:
            return None


@contextmanager
def webhook_receiver(address: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver on a free port of this machine, at an address of it that workers reach."""
    arrived: queue.Queue[Post] = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            arrived.put(Post(dict(self.headers.items()), self.rfile.read(length)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((address, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Receiver(f"http://{address}:{server.server_port}/webhook", arrived)
    finally:
        server.shutdown()
        server.server_close()
