"""Secrets do not reach the log, whoever wrote the line and wherever in it they stand."""

import logging
import subprocess
import sys
import time
from typing import Any

import pytest
import structlog
from pydantic import ValidationError

from shared import apikeys
from shared.logging import make_formatter
from shared.redaction import MASK, redact_event, redacted
from shared.settings import Settings
from tests.security.in_process import KEY

SECRET = "Sesame9Opens"
WEBHOOK_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

# Each with the secret in it that must be gone.
LEAKS = [
    (f"key {KEY} is wrong", KEY),
    (f"key={KEY}", KEY),
    (f"webhook=https%3A%2F%2Fh.example%2F%3Fk%3D{KEY}", KEY),
    (f"signed with {WEBHOOK_SECRET}", WEBHOOK_SECRET.removeprefix("whsec_")),
    (f"Authorization: Bearer {SECRET}", SECRET),
    (f"Authorization: {SECRET}", SECRET),
    (f"authorization=Basic {SECRET}", SECRET),
    (f"{{'Authorization': 'Bearer {SECRET}'}}", SECRET),
    (f"{{'X-API-Key': '{SECRET}'}}", SECRET),
    (f"X-API-Key: {SECRET}", SECRET),
    (f"sent bearer {SECRET} to the host", SECRET),
    (f"POST /v2/sync/diarize?apikey={SECRET}&x=1 HTTP/1.1", SECRET),
    (f"form apikey={SECRET}", SECRET),
    (f"APIKEY={SECRET}", SECRET),
    (f"webhook=https%3A%2F%2Fh.example%2F%3Fapikey%3D{SECRET}", SECRET),
    (f"cannot connect to redis://user:{SECRET}@127.0.0.1:6379/0", SECRET),
    (f"cannot connect to rediss://:{SECRET}@host/0", SECRET),
    (f"cannot connect to redis+socket://:{SECRET}@/run/redis.sock", SECRET),
    (f"postgresql+psycopg://rollcall:{SECRET}@db/rollcall refused", SECRET),
    (f"redis://user:with@{SECRET}@host", SECRET),
    (f"fetched https://bucket.example/a.wav?X-Amz-Signature={SECRET}", SECRET),
    (f"fetched HTTPS://bucket.example/?{SECRET}", SECRET),
    (f'"GET /docs?{SECRET} HTTP/1.1"', SECRET),
    (f"('s3://name:{SECRET}@bucket',)", SECRET),
]
# The key is another one each time.
each_leak = pytest.mark.parametrize(
    ("text", "secret"), LEAKS, ids=[text.replace(KEY, "KEY") for text, _ in LEAKS]
)
FAILING = f"""
import threading
from shared.logging import configure_logging
def fail():
    raise RuntimeError("redis://user:{SECRET}@host")
configure_logging("INFO")
"""
# What a log is read for.
HARMLESS = [
    "arc_welding of src_files",
    "Basic is a language",
    "https://bucket.example/a.wav",
    "redis://127.0.0.1:6379/0",
    "what? nothing",
    'File "/app/api/app.py", line 3, in create_app',
    "speaker@example.org asked",
    "job 8f2b6c1e-0000-4000-8000-000000000000 took 1.5 s",
]


def line_of(event: dict[str, Any]) -> str:
    """An event of ours, as it is printed."""
    formatter = make_formatter()
    record = logging.LogRecord("rollcall", logging.INFO, "", 0, event, (), None)  # type: ignore[arg-type]
    record._logger, record._name = None, "info"
    return formatter.format(record)


def raised(text: str) -> Any:
    """The information of an exception with a text, and another that caused it."""
    try:
        try:
            raise ValueError(text)
        except ValueError as cause:
            raise RuntimeError("failed") from cause
    except RuntimeError:
        return sys.exc_info()


@each_leak
def test_a_secret_is_masked_wherever_it_stands(text: str, secret: str) -> None:
    assert (secret in redacted(text), MASK in redacted(text)) == (False, True)


@pytest.mark.parametrize("text", HARMLESS)
def test_text_without_secrets_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@each_leak
def test_every_value_of_an_event_is_searched(text: str, secret: str) -> None:
    event = {"event": text, "error": ValueError(text), "list": [text], "nested": {"deep": ({"text": text},)}}
    assert secret not in str(redact_event(None, "info", event))


@pytest.mark.parametrize("name", ["authorization", "Authorization", "X-API-Key", "password", "api_key"])
def test_a_field_that_is_called_secret_is_masked_whole(name: str) -> None:
    assert redact_event(None, "info", {"headers": {name: "short"}}) == {"headers": {name: MASK}}


def test_numbers_and_flags_stay_what_they_are() -> None:
    event = {"count": 3, "share": 0.5, "ready": True, "nothing": None}
    assert redact_event(None, "info", event) == event


@each_leak
def test_our_own_lines_are_masked(text: str, secret: str) -> None:
    assert secret not in line_of({"event": "something", "detail": text})


@each_leak
def test_an_exceptions_text_is_masked(text: str, secret: str) -> None:
    logged = structlog.processors.format_exc_info(
        None, "error", {"event": "failed", "exc_info": raised(text)}
    )
    assert secret not in line_of(dict(logged))


@each_leak
def test_a_librarys_lines_are_masked(text: str, secret: str) -> None:
    record = logging.LogRecord("library", logging.ERROR, "", 0, "%s", (text,), raised(text))
    assert secret not in make_formatter().format(record)


def test_a_line_cannot_be_forged_with_control_characters() -> None:
    assert redacted("a\r\x1b[2Kevent=forged") == "a\\x0d\\x1b[2Kevent=forged"


@pytest.mark.parametrize("run", ["fail()", "threading.Thread(target=fail).start()"], ids=["main", "thread"])
def test_what_nobody_catches_is_masked(run: str) -> None:
    done = subprocess.run([sys.executable, "-c", FAILING + run], capture_output=True, text=True, check=False)
    assert (SECRET in done.stderr, "event=uncaught" in done.stderr) == (False, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"redis_url": f"http://:{SECRET}@host"},
        {"redis_url": f"redis://:ab/{SECRET}@host"},
        {"bootstrap_api_key": SECRET},
    ],
)
def test_a_setting_that_is_refused_is_not_quoted(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refusal:
        Settings(_env_file=None, **wrong)  # type: ignore[call-arg, arg-type]
    assert SECRET not in str(refusal.value)


def test_settings_that_are_printed_show_no_secrets() -> None:
    chosen = Settings(
        _env_file=None,  # type: ignore[call-arg]
        redis_url=f"redis://:{SECRET}@host",
        database_url=f"postgresql+psycopg://u:{SECRET}@host/db",
        bootstrap_api_key=SECRET * 2,
        redis_password=SECRET,
        database_password=SECRET,
    )
    assert SECRET not in repr(chosen)


def test_a_generated_key_is_recognised() -> None:
    assert redacted(apikeys.generate()) == f"rc_{MASK}"


@pytest.mark.parametrize(
    "piece", ["a-", "=/", "a:", "://", "authorization ", "bearer ", "?", "api_key", "rc_", "%3D"]
)
def test_a_long_text_takes_little_time(piece: str) -> None:
    started = time.process_time()
    redacted(piece * (100_000 // len(piece)))
    assert time.process_time() - started < 1
