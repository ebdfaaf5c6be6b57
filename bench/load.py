"""A load of requests over connections that are kept: as much as the server takes, from one light process."""

import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

READ_BYTES = 65536
STILL_WORKING_SECONDS = 60


@dataclass
class _Connection:
    """One caller, who sends the next request when the last is answered."""

    sock: socket.socket
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))
    answer: bytes = b""


def http_request(url: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a POST."""
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answered_bytes(answer: bytes) -> int | None:
    """How long the answer is that ``answer`` begins with; None while its headers are not all there."""
    head, end, _ = answer.partition(b"\r\n\r\n")
    if not end:
        return None
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return len(head) + len(end) + int(value)
    raise RuntimeError(f"an answer of unknown length: {head!r}")


def requests_in(seconds: float, port: int, request: bytes, connections: int) -> float:
    """Requests a second that a server on this machine accepts from so many callers. Raises RuntimeError."""
    callers = [_Connection(socket.create_connection(("127.0.0.1", port))) for _ in range(connections)]
    answered = 0
    with selectors.DefaultSelector() as selector:
        for caller in callers:
            caller.sock.setblocking(False)
            selector.register(caller.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, caller)
            caller.unsent = memoryview(request)
        started = time.perf_counter()
        while (elapsed := time.perf_counter() - started) < seconds:
            ready = selector.select(STILL_WORKING_SECONDS)
            if not ready:
                raise RuntimeError("the server does not answer")
            for key, events in ready:
                answered += _served(key.data, events, selector, request)
    for caller in callers:
        caller.sock.close()
    return answered / elapsed


def _served(caller: _Connection, events: int, selector: selectors.BaseSelector, request: bytes) -> int:
    """1 if the caller has his answer, and sends again; else 0."""
    if events & selectors.EVENT_WRITE and caller.unsent:
        caller.unsent = caller.unsent[caller.sock.send(caller.unsent) :]
        if not caller.unsent:
            selector.modify(caller.sock, selectors.EVENT_READ, caller)
    if not events & selectors.EVENT_READ:
        return 0
    caller.answer += caller.sock.recv(READ_BYTES)
    length = answered_bytes(caller.answer)
    if length is None or len(caller.answer) < length:
        return 0
    if not caller.answer.startswith(b"HTTP/1.1 202"):
        raise RuntimeError(f"not accepted: {caller.answer[:500]!r}")
    caller.answer, caller.unsent = b"", memoryview(request)
    selector.modify(caller.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, caller)
    return 1


def measured_rate(port: int, request: bytes, folder: Path, *, seconds: float, connections: int) -> float:
    """:func:`requests_in` from a process of its own, so that nothing here shares its interpreter."""
    file = folder / "request"
    file.write_bytes(request)
    words = [str(seconds), str(port), str(file), str(connections)]
    run = subprocess.run(
        [sys.executable, "-m", "bench.load", *words], check=True, stdout=subprocess.PIPE, text=True
    )
    return float(run.stdout)


if __name__ == "__main__":
    _seconds, _port, _file, _connections = sys.argv[1:]
    print(requests_in(float(_seconds), int(_port), Path(_file).read_bytes(), int(_connections)))
