"""Dialect 2 as its callers use it, and the means by which its tests wait instead of sleeping."""

import base64
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urljoin

import requests

from client import Segment
from deploy.demo.conversation import Conversation, cut_out
from deploy.local.background import BackgroundStack
from shared import apikeys
from shared.services import load_keyring
from shared.store.schema import ApiKey, Tenant, new_id
from tests.end_to_end.serving import ledger, own_address, settings_of

IDENTIFICATIONS = "/v1/identifications"
WAITING = {"Prefer": "wait=60"}
PATIENCE_SECONDS = 60
NO_CONTENT = 204
FINAL = {"succeeded", "failed", "canceled"}
# No text, and no audio either: a job that fails as soon as it is decoded.
NOISE = bytes(range(256)) * 9


@dataclass(frozen=True)
class Event:
    """A server-sent event."""

    name: str
    id: str
    data: dict[str, Any]


class V1:
    """Dialect 2 with one tenant's key."""

    def __init__(self, stack: BackgroundStack, key: str) -> None:
        self.stack = stack
        self.key = key

    def send(
        self, method: str, path: str, headers: Mapping[str, str | None] | None = None, **how: Any
    ) -> requests.Response:
        """Any request; a header of None is not sent."""
        headers = {"X-API-Key": self.key, **(headers or {})}
        return requests.request(
            method, urljoin(self.stack.url, path), headers=headers, timeout=2 * PATIENCE_SECONDS, **how
        )

    def get(
        self, path: str, headers: Mapping[str, str | None] | None = None, **query: Any
    ) -> requests.Response:
        return self.send("GET", path, headers, params=query)

    def post(
        self, path: str, headers: Mapping[str, str | None] | None = None, **how: Any
    ) -> requests.Response:
        return self.send("POST", path, headers, **how)

    def delete(self, path: str) -> requests.Response:
        return self.send("DELETE", path)

    def identify(
        self, audio: bytes, speakers: Any, headers: Mapping[str, str] | None = None, **fields: Any
    ) -> requests.Response:
        """An identification by upload."""
        form = {"speakers": speakers, **fields}
        return self.post(IDENTIFICATIONS, headers, files={"file": ("audio.wav", audio)}, data=form)

    def identified(self, audio: bytes, speakers: Any, **fields: Any) -> dict[str, Any]:
        """The job of an identification by upload, once it succeeded, with its result."""
        return succeeded(self.identify(audio, speakers, WAITING, **fields))

    def enrolled(self, speaker_id: str, audio: bytes) -> dict[str, Any]:
        """The job of an enrolment by upload, once it succeeded, with its result."""
        return succeeded(self.post(samples_of(speaker_id), WAITING, files={"file": audio}))

    def doomed(self, **fields: Any) -> dict[str, Any]:
        """A job, as it was accepted, that fails soon and needs no model for that."""
        response = self.post(samples_of("nobody"), files={"file": NOISE}, data=fields)
        assert response.status_code == 202, response.text
        return dict(response.json())

    def job(self, job_id: str) -> dict[str, Any]:
        return dict(self.get(f"/v1/jobs/{job_id}").json())

    def ended(self, job_id: str) -> dict[str, Any]:
        """The job once it is final."""
        return self.job_once(job_id, lambda job: job["status"] in FINAL)

    def job_once(self, job_id: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The job as soon as a condition holds for it."""
        return once(lambda: self.job(job_id), condition)

    def pages(self, path: str, **query: Any) -> list[list[dict[str, Any]]]:
        """Every page of a list, each after the first from the link as it was given."""
        response = self.get(path, **query)
        found = [response.json()["items"]]
        while "next" in response.links:
            response = self.get(urljoin(response.url, response.links["next"]["url"]))
            found.append(response.json()["items"])
        return found

    def events(self, job_id: str, after: str | None = None) -> Iterator[Event]:
        """A job's events as they come, to the end of the stream."""
        path = urljoin(self.stack.url, f"/v1/jobs/{job_id}/events")
        headers = {"X-API-Key": self.key} | ({"Last-Event-ID": after} if after else {})
        with requests.get(path, headers=headers, stream=True, timeout=PATIENCE_SECONDS) as response:
            event: dict[str, str] = {}
            for line in response.iter_lines(chunk_size=1, decode_unicode=True):
                name, _, value = line.partition(": ")
                event |= {name: value} if name else {}
                if not line and "data" in event:
                    yield Event(event["event"], event["id"], json.loads(event["data"]))
                event = event if line else {}


def samples_of(speaker_id: str) -> str:
    """The path of a speaker's samples."""
    return f"/v1/speakers/{speaker_id}/samples"


def succeeded(response: requests.Response) -> dict[str, Any]:
    """The job of an answer that was waited for."""
    job = response.json()
    assert (response.status_code, job.get("status")) == (200, "succeeded"), response.text
    return dict(job)


def complaints(response: requests.Response) -> set[str]:
    """The fields that a problem names."""
    return {error["field"] for error in response.json()["errors"]}


def speakers_of(job: dict[str, Any]) -> set[str | None]:
    """Whom a job's segments name, None for strangers."""
    return {segment["speaker"] for segment in job["result"]["segments"]}


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def excerpt(conversation: Conversation, start_seconds: float, end_seconds: float) -> bytes:
    """A WAV file of a part of the conversation."""
    return cut_out(conversation.audio, [Segment("", start_seconds, end_seconds)])


def once(look: Callable[[], Any], condition: Callable[[Any], bool]) -> Any:
    """What ``look`` sees as soon as a condition holds for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    seen = look()
    while not condition(seen):
        assert time.monotonic() < deadline, f"it never came to be; the last seen was {seen}"
        time.sleep(0.05)
        seen = look()
    return seen


def new_tenant(stack: BackgroundStack) -> V1:
    """A tenant of a test's own, who has nothing yet."""
    keyring = load_keyring(settings_of(stack))
    tenant_id, key = new_id(), apikeys.generate()
    store = ledger(stack)
    with store.writing() as session:
        wrapped = keyring.new_wrapped_key(tenant_id)
        session.add(Tenant(id=tenant_id, name="of a test", wrapped_key=wrapped))
        session.flush()
        session.add(ApiKey(tenant_id=tenant_id, key_digest=apikeys.digest(key)))
    store.close()
    return V1(stack, key)


@contextmanager
def http_server(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The url of a server on this machine."""
    server = ThreadingHTTPServer((own_address(), 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{own_address()}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Gate:
    """A recording that is handed out only once the gate is open: until then a job that fetches it runs."""

    def __init__(self) -> None:
        self.url = ""
        self.opened = threading.Event()

    def open(self) -> None:
        self.opened.set()


@contextmanager
def gate_before(audio: bytes) -> Iterator[Gate]:
    """A closed gate, which opens at the latest with the end of the block."""
    gate = Gate()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            gate.opened.wait(PATIENCE_SECONDS)
            self.send_response(200)
            self.send_header("Content-Length", str(len(audio)))
            self.end_headers()
            self.wfile.write(audio)

        def log_message(self, *_: Any) -> None:
            pass

    with http_server(Handler) as url:
        gate.url = f"{url}/audio.wav"
        try:
            yield gate
        finally:
            gate.open()


@dataclass(frozen=True)
class Post:
    """What a webhook received."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))


class Hook:
    """A webhook that answers with a status of the test's choice."""

    def __init__(self, status: int) -> None:
        self.url = ""
        self.status = status
        self.posts: queue.Queue[Post] = queue.Queue()

    def wait(self) -> Post:
        """The next post."""
        return self.posts.get(timeout=PATIENCE_SECONDS)

    def forget(self) -> None:
        """Leave out what came until now."""
        with suppress(queue.Empty):
            while True:
                self.posts.get_nowait()


@contextmanager
def hook_answering(status: int, answer: bytes = b"") -> Iterator[Hook]:
    """A webhook on this machine."""
    hook = Hook(status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            hook.posts.put(Post({name.lower(): value for name, value in self.headers.items()}, raw))
            self.send_response(hook.status)
            if hook.status != NO_CONTENT:
                self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    with http_server(Handler) as url:
        hook.url = f"{url}/hook"
        yield hook
