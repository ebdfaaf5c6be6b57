"""The console's page: what it may do, who may ask for it, and that it can be switched off."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from api.console.serving import PAGE_FOLDER
from tests.security.in_process import client_on
from tests.security.test_headers import header, policy

PAGE = "/console/"
PARTS = sorted(path.relative_to(PAGE_FOLDER).as_posix() for path in PAGE_FOLDER.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_on(tmp_path_factory.mktemp("data"))


def test_the_page_is_shown_to_everybody(http: FlaskClient) -> None:
    assert http.get(PAGE).status_code == 200


def test_its_address_without_a_slash_leads_to_it(http: FlaskClient) -> None:
    assert http.get("/console", follow_redirects=True).get_data() == http.get(PAGE).get_data()


@pytest.mark.parametrize("part", PARTS)
def test_each_of_its_files_is_served(http: FlaskClient, part: str) -> None:
    with http.get(PAGE + part) as response:
        assert response.status_code == 200


def test_nothing_beside_its_files_is_served(http: FlaskClient) -> None:
    assert http.get(f"{PAGE}../serving.py").status_code == 404


@pytest.mark.parametrize("directive", ["script-src", "style-src", "connect-src", "img-src"])
def test_it_loads_its_own_files_only(http: FlaskClient, directive: str) -> None:
    assert policy(http, PAGE)[directive] == ["'self'"]


@pytest.mark.parametrize("directive", ["default-src", "frame-ancestors", "base-uri", "form-action"])
def test_it_may_do_nothing_else(http: FlaskClient, directive: str) -> None:
    assert policy(http, PAGE)[directive] == ["'none'"]


def test_no_text_may_become_markup_in_it(http: FlaskClient) -> None:
    assert policy(http, PAGE)["require-trusted-types-for"] == ["'script'"]


def test_it_has_no_inline_script_or_style(http: FlaskClient) -> None:
    page = http.get(PAGE).get_data(as_text=True)
    assert [word for word in ("<style", " style=", " onclick=", "<script>") if word in page] == []


def test_its_parts_keep_the_policy_of_every_answer(http: FlaskClient) -> None:
    assert policy(http, f"{PAGE}scripts/main.js")["default-src"] == ["'none'"]


def test_browsers_ask_whether_there_is_a_newer_one(http: FlaskClient) -> None:
    assert header(http, f"{PAGE}scripts/main.js", "Cache-Control") == "no-cache"


def test_what_has_not_changed_is_not_sent_again(http: FlaskClient) -> None:
    tag = header(http, f"{PAGE}scripts/main.js", "ETag") or ""
    assert http.get(f"{PAGE}scripts/main.js", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("kept_seconds", "asks"), [(0, False), (60, True)])
def test_it_asks_for_recordings_only_where_they_are_kept(
    tmp_path: Path, kept_seconds: float, asks: bool
) -> None:
    page = client_on(tmp_path, audio_retention_seconds=kept_seconds).get(PAGE).get_data(as_text=True)
    [kept] = re.findall(r'name="kept" content="([^"]*)"', page)
    assert (kept == "audio") == asks


def test_switched_off_there_is_none(tmp_path: Path) -> None:
    without = client_on(tmp_path, console=False)
    assert [without.get(path).status_code for path in ("/console", PAGE, f"{PAGE}icon.svg")] == [404] * 3
