"""A webhook receiver that remembers every body, and verifies every signature."""

import hashlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError


class Inbox:
    """What arrived: for each request id, when it first did, and which bodies came for it."""

    def __init__(self) -> None:
        self.url = ""
        self.arrived_at: dict[str, float] = {}
        self.bodies: dict[str, set[str]] = defaultdict(set)
        self.failures: dict[str, dict[str, Any]] = {}
        self.unverified = 0
        self.verified = 0
        self._secret: str | None = None
        self._changed = threading.Condition()

    def verify_with(self, secret: str) -> None:
        """From now on, count signatures."""
        self._secret = secret

    def take(self, raw: bytes, headers: Mapping[str, str]) -> None:
        """A webhook came."""
        body = json.loads(raw)
        # Dialect 2 tells the job's id in the job.
        told = body.get("request_id") or body.get("data", {}).get("id")
        request_id = str(told or headers.get("webhook-id"))
        with self._changed:
            self.arrived_at.setdefault(request_id, time.time())
            self.bodies[request_id].add(hashlib.sha256(raw).hexdigest())
            if "error" in body:
                self.failures[request_id] = body["error"]
            if self._secret:
                self._count(raw, headers)
            self._changed.notify_all()

    def _count(self, raw: bytes, headers: Mapping[str, str]) -> None:
        try:
            Webhook(str(self._secret)).verify(raw, dict(headers))
            self.verified += 1
        except WebhookVerificationError:
            self.unverified += 1

    def wait_for(self, request_ids: set[str], seconds: float) -> set[str]:
        """Those that have not arrived after so long."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while missing := request_ids - self.arrived_at.keys():
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._changed.wait(remaining):
                    return request_ids - self.arrived_at.keys()
        return missing

    @property
    def doubled(self) -> int:
        """Request ids that got two different bodies."""
        return sum(len(bodies) > 1 for bodies in self.bodies.values())


@contextmanager
def open_inbox() -> Iterator[Inbox]:
    """An inbox on a free port of this machine."""
    inbox = Inbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            inbox.take(raw, {name.lower(): value for name, value in self.headers.items()})
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    inbox.url = f"http://127.0.0.1:{server.server_port}/hook"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield inbox
    finally:
        server.shutdown()
        server.server_close()
