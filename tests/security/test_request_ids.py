"""Each request has a name, which its answer and its lines in the log carry."""

import logging
import re
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient

from shared.logging import configure_logging, log, make_formatter
from tests.security.in_process import app_on

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = "X-Request-Id"


class Lines(logging.Handler):
    """Keeps what the service would print."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(make_formatter())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def of(self, event: str) -> list[str]:
        return [line for line in self.lines if f" event={event} " in f" {line} "]


def _break() -> str:
    raise RuntimeError("broken on purpose")


def _warn() -> str:
    log.warning("on_the_way")
    logging.getLogger("library").warning("of_a_library")
    return ""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    made = app_on(tmp_path_factory.mktemp("data"))
    made.config["PROPAGATE_EXCEPTIONS"] = False
    made.add_url_rule("/broken", view_func=_break)
    made.add_url_rule("/warning", view_func=_warn)
    return made


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What is logged during the test."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    before, level, configured = root.handlers, root.level, structlog.get_config()
    configure_logging("INFO")
    kept = Lines()
    root.handlers = [kept]
    yield kept
    root.handlers = before
    root.setLevel(level)
    structlog.configure(**configured)


@pytest.mark.parametrize("name", ["a", "0123456789abcdef", "Root=1-67891233-abcdef012345", "x" * 128])
def test_a_sane_name_is_kept(http: FlaskClient, name: str) -> None:
    assert http.get("/livez", headers={NAME: name}).headers[NAME] == name


@pytest.mark.parametrize("name", ["", " ", "a b", "é", "x" * 129, 'a"b', "a;b", "<script>"])
def test_any_other_name_is_replaced(http: FlaskClient, name: str) -> None:
    assert UUID.fullmatch(http.get("/livez", headers={NAME: name}).headers[NAME])


def test_a_request_without_a_name_gets_one(http: FlaskClient) -> None:
    assert UUID.fullmatch(http.get("/livez").headers[NAME])


def test_two_requests_get_two_names(http: FlaskClient) -> None:
    assert http.get("/livez").headers[NAME] != http.get("/livez").headers[NAME]


@pytest.mark.parametrize("path", ["/nothing", "/v1/speakers", "/broken", "/docs"])
def test_every_answer_has_its_requests_name(http: FlaskClient, path: str) -> None:
    assert http.get(path, headers={NAME: "mine"}).headers[NAME] == "mine"


@pytest.mark.parametrize("event", ["on_the_way", "of_a_library", "request"])
def test_every_line_of_a_request_has_its_name(http: FlaskClient, logged: Lines, event: str) -> None:
    http.get("/warning", headers={NAME: "mine"})
    assert ["http_request_id=mine" in line for line in logged.of(event)] == [True]


def test_the_line_about_an_unexpected_failure_has_its_requests_name(http: FlaskClient, logged: Lines) -> None:
    http.get("/broken", headers={NAME: "mine"})
    assert ["http_request_id=mine" in line for line in logged.of("unexpected_failure")] == [True]


def test_a_name_ends_with_its_request(http: FlaskClient, logged: Lines) -> None:
    http.get("/livez", headers={NAME: "mine"})
    log.warning("afterwards")
    assert ["http_request_id" in line for line in logged.of("afterwards")] == [False]
