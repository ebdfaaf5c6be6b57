"""What the generated requests need to be meaningful: real voices, and addresses on this machine."""

import base64
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from client import RollcallClient, Segment
from deploy.demo.conversation import cut_out, own_turns, packaged_conversation
from deploy.local.background import BackgroundStack
from tests.end_to_end.serving import own_address

VARIABLE = "ROLLCALL_FUZZ_MATERIAL"
ENROLL_SECONDS = 1.0


@dataclass(frozen=True)
class Material:
    """Valid values of what a schema can only describe."""

    speaker_ids: list[str]
    content: str
    url: str
    job_id: str
    label: str
    segments: list[int]

    def write(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls) -> "Material":
        """From the environment, where the run put it for its hooks."""
        return cls(**json.loads(os.environ[VARIABLE]))


@contextmanager
def material(stack: BackgroundStack) -> Iterator[Material]:
    """Two enrolled speakers, a job whose voices are kept, and a server of audio that takes webhooks."""
    conversation = packaged_conversation()
    client = RollcallClient(stack.url, stack.api_key)
    names = sorted({turn.speaker_id for turn in conversation.reference})
    for name in names:
        client.enroll(name, cut_out(conversation.audio, own_turns(conversation.reference, name)))
    long = own_turns(conversation.reference, names[0])[0]
    audio = cut_out(conversation.audio, [Segment("", long.start_seconds, long.start_seconds + 2.5)])
    job = _identified(stack, conversation.audio.read_bytes(), names)
    label = job["segments"][0]["label"]
    with _server(audio) as url:
        yield Material(
            speaker_ids=names,
            content=base64.b64encode(audio).decode(),
            url=f"{url}/audio.wav",
            job_id=job["job_id"],
            label=label,
            segments=[one["id"] for one in job["segments"] if one["label"] == label],
        )


def _identified(stack: BackgroundStack, audio: bytes, names: list[str]) -> dict[str, Any]:
    response = requests.post(
        f"{stack.url}/v1/identifications",
        headers={"X-API-Key": stack.api_key, "Prefer": "wait=60"},
        files={"file": ("conversation.wav", audio)},
        data={"speakers": names},
        timeout=120,
    )
    response.raise_for_status()
    return dict(response.json()["result"])


@contextmanager
def _server(audio: bytes) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(audio)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer(b"")

        def _answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((own_address(), 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{own_address()}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
