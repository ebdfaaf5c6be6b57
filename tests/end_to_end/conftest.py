"""A running service: real gateway, Redis protocol server, workers and models, spoken to over HTTP."""

import base64
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from client import RollcallClient
from deploy.demo.conversation import Conversation, cut_out, own_turns, packaged_conversation
from deploy.demo.webhook import Receiver, webhook_receiver
from deploy.local.background import BackgroundStack
from deploy.local.checks import free_port
from tests.end_to_end.provoking import held_to_its_marks
from tests.end_to_end.serving import new_service, on_fleet, own_address
from tests.end_to_end.v1 import Hook, hook_answering

__all__ = ["held_to_its_marks"]

PREFIX = "/audio/generic/api"
# The packaged conversation has some ten seconds of each voice, so a complete enrolment must ask for less.
COMPLETE_SECONDS = 6
NAMES = ["speaker90", "speaker91"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On a fleet, tests of what only one machine has are skipped."""
    if not on_fleet():
        return
    for item in items:
        mark = item.get_closest_marker("one_machine")
        if mark:
            item.add_marker(pytest.mark.skip(reason=f"not on a fleet: {mark.args[0]}"))


@pytest.fixture(scope="session")
def metrics_port() -> int:
    """The first of two ports that nobody listens on now."""
    while True:
        port = free_port()
        with suppress(OSError), socket.create_server(("127.0.0.1", port + 1)):
            return port


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, metrics_port: int) -> Iterator[BackgroundStack]:
    """The service that all tests share which do no harm to it."""
    running = new_service(
        tmp_path_factory.mktemp("stack"),
        ROLLCALL_EGRESS_ALLOW="127.0.0.0/8",
        ROLLCALL_ENROLL_COMPLETE_SECONDS=str(COMPLETE_SECONDS),
        ROLLCALL_MAX_CONTENT_BYTES=str(4 * 1024 * 1024),
        ROLLCALL_MAX_AUDIO_SECONDS="120",
        ROLLCALL_METRICS_PORT=str(metrics_port),
    )
    running.start()
    running.wait_until_ready()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(stack: BackgroundStack) -> RollcallClient:
    """A client with the service's key."""
    return RollcallClient(stack.url, stack.api_key)


@pytest.fixture(scope="session")
def conversation() -> Conversation:
    """Thirty seconds of two real people."""
    return packaged_conversation()


@pytest.fixture(scope="session")
def voices(conversation: Conversation) -> dict[str, bytes]:
    """For each of the two people, a WAV file of nobody else."""
    return {name: cut_out(conversation.audio, own_turns(conversation.reference, name)) for name in NAMES}


@pytest.fixture(scope="session")
def enrolled(client: RollcallClient, voices: dict[str, bytes]) -> list[str]:
    """Both people, enrolled."""
    for name, voice in voices.items():
        client.enroll(name, voice)
    return NAMES


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook receiver on this machine."""
    with webhook_receiver(own_address()) as receiving:
        yield receiving


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A webhook that is well."""
    with hook_answering(204) as well:
        yield well


class Caller:
    """Sends raw requests, so that a test can send wrong ones."""

    def __init__(self, stack: BackgroundStack) -> None:
        self.url = stack.url + PREFIX
        self.headers = {"X-API-Key": stack.api_key}

    def post(self, path: str, body: Any, **query: str) -> requests.Response:
        return requests.post(self.url + path, json=body, params=query, headers=self.headers, timeout=120)

    def get(self, path: str, **query: str) -> requests.Response:
        return requests.get(self.url + path, params=query, headers=self.headers, timeout=30)


@pytest.fixture
def call(stack: BackgroundStack) -> Caller:
    """Raw requests with a valid key."""
    return Caller(stack)


@pytest.fixture
def identify_body(conversation: Conversation, enrolled: list[str]) -> dict[str, Any]:
    """A good body of an identification."""
    content = base64.b64encode(conversation.audio.read_bytes()).decode()
    return {
        "encoding": "WAV",
        "sampleRate": 16000,
        "languageCode": "en-US",
        "speakerIds": list(enrolled),
        "content": content,
    }


@pytest.fixture
def serve_file() -> Iterator[Callable[[Path], str]]:
    """Gives the url under which a file can be fetched from this machine."""
    servers = []

    def serve(path: Path) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(path.read_bytes())

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer((own_address(), 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://{own_address()}:{server.server_port}/{path.name}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()
