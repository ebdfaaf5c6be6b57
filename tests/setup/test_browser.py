"""The browser that the console is tested in: what is said where it cannot be had."""

import sys
from pathlib import Path

import pytest

from deploy import browser
from deploy.browser import NoBrowser


@pytest.fixture(autouse=True)
def no_browser_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHROMIUM", raising=False)


def test_a_registry_out_of_reach_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:1/")
    monkeypatch.setenv("npm_config_fetch_retries", "0")
    with pytest.raises(NoBrowser, match=r"(?s)is there a network\?.*ECONNREFUSED"):
        browser.ensure(tmp_path)


def test_a_download_that_failed_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "_fetched", _fail)
    with pytest.raises(NoBrowser):
        browser.ensure(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_file_under_the_pinned_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pack(_: str, __: list[str], folder: Path) -> None:
        (folder / "sparticuz-chromium.tgz").write_bytes(b"something else")

    monkeypatch.setattr(browser, "_run", pack)
    with pytest.raises(NoBrowser, match="not the file that was pinned"):
        browser.ensure(tmp_path)


def test_elsewhere_than_on_linux_one_is_asked_for_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NoBrowser, match="CHROMIUM="):
        browser.ensure(tmp_path)


def test_without_one_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(NoBrowser, match="make browser"):
        browser.installed(tmp_path)


def test_ones_own_comes_before_all_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/opt/chrome")
    assert browser.installed(tmp_path).executable == Path("/opt/chrome")


def _fail(_: Path) -> Path:
    raise NoBrowser("no network")
