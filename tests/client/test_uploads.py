"""How audio gets to the service."""

import io
import os
import tracemalloc
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from werkzeug.formparser import parse_form_data

from client.connection import Call
from client.errors import Busy, UnusableAudio
from client.service import RollcallClient
from client.uploads import FormUpload
from tests.client.scripted import Answer, Heard, Scripted, job, problem, scripted_service

BIG_BYTES = 48 * 1024 * 1024
ACCEPTED = Answer(202, job())


def form_of(heard: Heard) -> tuple[Any, Any]:
    """Fields and files, as Flask would read them."""
    environment = {
        "wsgi.input": io.BytesIO(heard.body),
        "CONTENT_TYPE": heard.headers["content-type"],
        "CONTENT_LENGTH": str(len(heard.body)),
        "REQUEST_METHOD": "POST",
    }
    _, fields, files = parse_form_data(environment)
    return fields, files


def submitted(audio: Any, **wishes: Any) -> Heard:
    with scripted_service(ACCEPTED) as service:
        RollcallClient(service.url, "rc_key").submit_identification(audio, ["ann", "ben"], **wishes)
    return service.heard[0]


def pipe_with(content: bytes) -> BinaryIO:
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    return os.fdopen(reading, "rb")


def test_a_form_is_read_back(tmp_path: Path) -> None:
    (tmp_path / "talk.wav").write_bytes(b"RIFF")
    fields, files = form_of(submitted(tmp_path / "talk.wav", num_speakers=2, metadata={"call": 7}))
    assert fields.to_dict(flat=False) == {
        "speakers": ["ann", "ben"],
        "num_speakers": ["2"],
        "metadata": ['{"call": 7}'],
    }
    assert (files["file"].filename, files["file"].read()) == ("talk.wav", b"RIFF")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("a b.wav", "a b.wav"),
        ('quo"te.wav', "quo%22te.wav"),
        ("geräusch.wav", "geräusch.wav"),
        ("new\nline.wav", "new%0Aline.wav"),
        ("back\\slash.wav", "back\\slash.wav"),
    ],
)
def test_a_files_name_is_sent_as_browsers_do_whatever_is_in_it(tmp_path: Path, name: str, sent: str) -> None:
    (tmp_path / name).write_bytes(b"RIFF")
    heard = submitted(tmp_path / name)
    _, files = form_of(heard)
    assert f'name="file"; filename="{sent}"\r\n'.encode() in heard.body
    assert files["file"].read() == b"RIFF"


def test_a_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "big.wav").open("wb") as file:
        file.truncate(BIG_BYTES)
    upload = FormUpload(tmp_path / "big.wav", {})
    tracemalloc.start()
    sent = sum(len(chunk) for chunk in upload.from_the_start())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (sent, peak < BIG_BYTES / 20) == (upload.len, True)


def test_a_pipe_is_sent_in_chunks() -> None:
    heard = submitted(pipe_with(b"RIFF"))
    assert heard.headers["transfer-encoding"] == "chunked"
    assert form_of(heard)[1]["file"].read() == b"RIFF"


def test_an_open_file_is_sent_from_where_it_is() -> None:
    audio = io.BytesIO(b"header RIFF")
    audio.seek(7)
    assert form_of(submitted(audio))[1]["file"].read() == b"RIFF"


def send_busy_then_fine(upload: FormUpload) -> Scripted:
    with scripted_service(problem(503, "overloaded", Retry_After="0"), ACCEPTED) as service:
        service.connection().send(Call("POST", "/", upload=upload, repeatable=True))
    return service


def test_an_open_file_is_sent_again_whole() -> None:
    service = send_busy_then_fine(FormUpload(io.BytesIO(b"RIFF"), {}))
    assert service.heard[0].body == service.heard[1].body


def test_a_pipe_that_was_read_is_not_sent_again() -> None:
    with pytest.raises(Busy):
        send_busy_then_fine(FormUpload(pipe_with(b"RIFF"), {}))


def test_a_named_pipe_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    # Opened for both, it can be filled before anybody reads; at its end nobody writes any more.
    keeper = os.open(tmp_path / "pipe", os.O_RDWR)
    os.write(keeper, b"RIFF")
    with scripted_service(ACCEPTED) as service:
        import threading

        threading.Timer(0.2, os.close, [keeper]).start()
        RollcallClient(service.url, "rc_key").submit_identification(tmp_path / "pipe")
    assert form_of(service.heard[0])[1]["file"].read() == b"RIFF"


def test_an_address_is_sent_as_one() -> None:
    heard = submitted("https://example.com/talk.wav")
    assert b'"url": "https://example.com/talk.wav"' in heard.body


@pytest.mark.parametrize("name", ["missing.wav", "empty.wav", "folder"])
def test_what_cannot_be_read_is_not_sent(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "folder").mkdir()
    with scripted_service(ACCEPTED) as service, pytest.raises(UnusableAudio, match=name):
        RollcallClient(service.url, "rc_key").submit_identification(tmp_path / name)
    assert service.heard == []
