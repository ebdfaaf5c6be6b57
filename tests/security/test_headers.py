"""What answers tell browsers and caches."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.security.in_process import SPEAKERS, client_on, with_key

# Data, an error of each dialect, health, what there is not, the document, and the page with its parts.
ADDRESSES = [
    SPEAKERS,
    "/v1/jobs/none",
    "/audio/generic/api/v1/sync/diarization/get_enrolled_speakers",
    "/livez",
    "/nothing",
    "/openapi.json",
    "/docs",
    "/docs/",
    "/docs/swagger-ui.css",
    "/docs/nothing.js",
]
PAGE = "/docs/"
INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_on(tmp_path_factory.mktemp("data"))


def header(http: FlaskClient, path: str, name: str, **headers: str) -> str | None:
    with http.get(path, headers=headers) as response:
        return response.headers.get(name)


def policy(http: FlaskClient, path: str) -> dict[str, list[str]]:
    """The content security policy: sources by directive."""
    found = header(http, path, "Content-Security-Policy") or ""
    return {words[0]: words[1:] for words in (part.split() for part in found.split(";")) if words}


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_answer_may_be_sniffed(http: FlaskClient, path: str) -> None:
    assert header(http, path, "X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_answer_may_be_framed_by_old_browsers(http: FlaskClient, path: str) -> None:
    assert header(http, path, "X-Frame-Options") == "DENY"


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_answer_may_be_framed_by_new_browsers(http: FlaskClient, path: str) -> None:
    assert policy(http, path)["frame-ancestors"] == ["'none'"]


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_address_is_told_to_others(http: FlaskClient, path: str) -> None:
    assert header(http, path, "Referrer-Policy") == "no-referrer"


@pytest.mark.parametrize("path", [path for path in ADDRESSES if not path.startswith(("/docs", "/openapi"))])
def test_no_data_is_kept_by_caches(http: FlaskClient, path: str) -> None:
    assert header(http, path, "Cache-Control", **with_key()) == "no-store"


def test_an_answer_of_the_api_may_load_nothing(http: FlaskClient) -> None:
    assert policy(http, SPEAKERS)["default-src"] == ["'none'"]


def test_the_page_runs_no_scripts_but_its_own(http: FlaskClient) -> None:
    sources = policy(http, PAGE)["script-src"]
    assert [source for source in sources if source != "'self'" and not source.startswith("'sha256-")] == []


def test_the_pages_inline_script_may_run(http: FlaskClient) -> None:
    [script] = INLINE.findall(http.get(PAGE).get_data(as_text=True))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy(http, PAGE)["script-src"]


def test_the_page_is_the_same_whatever_host_the_caller_names(http: FlaskClient) -> None:
    """Or a caller could put words into the script that the policy then allows."""
    pages = {http.get(PAGE, headers={"Host": host}).get_data() for host in ("a.example", "b.example")}
    assert len(pages) == 1


def test_the_page_calls_nobody_else(http: FlaskClient) -> None:
    assert '"validatorUrl": null' in http.get(PAGE).get_data(as_text=True)


def test_browsers_are_not_told_to_keep_to_tls_where_there_is_none(http: FlaskClient) -> None:
    assert header(http, "/livez", "Strict-Transport-Security") is None


def test_browsers_are_told_to_keep_to_tls_where_there_is(tmp_path: Path) -> None:
    secured = client_on(tmp_path, behind_tls=True)
    assert header(secured, "/livez", "Strict-Transport-Security") == "max-age=31536000"
