"""A service that answers as a test tells it, over real sockets: for what a real one does at bad moments."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from client.connection import Connection

CREATED = "2026-05-04T10:00:00.000Z"


@dataclass(frozen=True)
class Answer:
    """An answer; one that ``breaks_off`` ends in its middle, after it ``lingers_seconds``."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    breaks_off: bool = False
    lingers_seconds: float = 0

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Heard:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Scripted:
    """Gives its answers in their order, the last for ever; ``pauses`` are those a client would have made."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.heard: list[Heard] = []
        self.pauses: list[float] = []
        self.url = ""
        self.over = threading.Event()

    def next_answer(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def connection(self, **options: Any) -> Connection:
        """A client's connection that does not sleep."""
        return Connection(self.url, "rc_key", sleep=self.pauses.append, **options)


def problem(status: int, code: str, **headers: str) -> Answer:
    """A refusal as the service words it."""
    body = {"code": code, "detail": f"It is {code}.", "status": status, "errors": []}
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def job(status: str = "queued", **fields: Any) -> dict[str, Any]:
    """A job's JSON."""
    empty = ("started_at", "finished_at", "progress", "audio_seconds", "model", "webhook", "error")
    known = {"id": "j1", "kind": "identify", "created_at": CREATED, "attempts": 0, "metadata": {}}
    return {**known, **dict.fromkeys(empty), "status": status, **fields}


def result() -> dict[str, Any]:
    """An identification's JSON, of nobody."""
    return {"job_id": "j1", "audio_seconds": 1.0, "model": "m", "segments": []}


def change(status: str = "done", **fields: Any) -> dict[str, Any]:
    """A change's JSON: a rematch that altered nothing."""
    known = {
        "id": "c1",
        "kind": "rematch",
        "speaker": "bob",
        "created_at": CREATED,
        "num_jobs": 0,
        "jobs": [],
    }
    empty = ("other", "undone_at", "undoes", "blocked_by")
    return {**known, **dict.fromkeys(empty), "status": status, "can_undo": status == "done", **fields}


def events(*told: tuple[str, str, Any]) -> str:
    """A stream of (event, id, data)."""
    return "".join(
        f"event: {name}\nid: {number}\ndata: {json.dumps(data)}\n\n" for name, number, data in told
    )


@contextmanager
def scripted_service(*answers: Answer) -> Iterator[Scripted]:
    """Such a service, for the length of the block."""
    script = Scripted(*answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            script.heard.append(Heard(self.command, self.path, headers, _received(self)))
            answer = script.next_answer()
            self.send_response(answer.status)
            more = 1000 if answer.breaks_off else 0
            for name, value in {"Content-Length": len(answer.content) + more, **answer.headers}.items():
                self.send_header(name, str(value))
            self.end_headers()
            self.wfile.write(answer.content)
            # Until then, or until the test is over.
            script.over.wait(answer.lingers_seconds)
            self.close_connection = answer.breaks_off

        do_GET = do_POST = do_DELETE = answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    script.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()


def _received(handler: BaseHTTPRequestHandler) -> bytes:
    """The body, of a known length or in chunks."""
    if handler.headers.get("Transfer-Encoding") != "chunked":
        return handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
    body = b""
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body
