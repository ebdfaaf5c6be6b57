"""Which service the command talks to, and with which key."""

from pathlib import Path

import pytest

from client.cli.complaints import Complaint
from client.cli.settings import Flags, Settings, choose_settings

KEY = "rc_of_the_local_service"


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder in which `make run` was typed."""
    (tmp_path / ".rollcall").mkdir()
    (tmp_path / ".rollcall" / "api_key").write_text(KEY)
    (tmp_path / ".rollcall" / "url").write_text("http://127.0.0.1:9000\n")
    return tmp_path


def chosen(here: Path, flags: Flags | None = None, config: str = "", **environment: str) -> Settings:
    home = here / "home"
    (home / "rollcall").mkdir(parents=True, exist_ok=True)
    if config:
        (home / "rollcall" / "config.toml").write_text(config)
    return choose_settings(flags or Flags(), {"XDG_CONFIG_HOME": str(home), **environment}, here)


def told(settings: Settings) -> tuple[str, str]:
    return settings.url, settings.api_key


def test_the_local_services_key_and_address_are_found(here: Path) -> None:
    assert told(chosen(here)) == ("http://127.0.0.1:9000", KEY)


def test_they_are_found_from_a_folder_below(here: Path) -> None:
    (here / "calls" / "today").mkdir(parents=True)
    settings = choose_settings(Flags(), {"XDG_CONFIG_HOME": str(here)}, here / "calls" / "today")
    assert settings.api_key == KEY


def test_a_data_dir_of_another_place_is_found_by_its_variable(
    here: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert chosen(elsewhere, ROLLCALL_DATA_DIR=str(here / ".rollcall")).api_key == KEY


def test_the_configuration_comes_before_the_local_service(here: Path) -> None:
    config = 'url = "https://rollcall.example"\napi_key = "rc_theirs"'
    assert told(chosen(here, config=config)) == ("https://rollcall.example", "rc_theirs")


def test_flags_come_before_the_configuration(here: Path) -> None:
    flags = Flags(url="http://other", api_key="rc_flag")
    assert told(chosen(here, flags, config='url = "http://x"\napi_key = "rc_x"')) == (
        "http://other",
        "rc_flag",
    )


@pytest.mark.parametrize("config", ["", 'url = "https://rollcall.example"\napi_key = "rc_theirs"'])
def test_a_kept_key_is_not_sent_to_another_address(here: Path, config: str) -> None:
    assert chosen(here, Flags(url="http://somewhere.else"), config).api_key == ""


@pytest.mark.parametrize("url", ["http://localhost:9000", "http://127.0.0.1:9000/"])
def test_the_same_place_by_another_name_gets_the_key(here: Path, url: str) -> None:
    assert chosen(here, Flags(url=url)).api_key == KEY


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9001", "https://127.0.0.1:9000", "http://127.0.0.1.evil:9000"]
)
def test_another_port_scheme_or_host_does_not(here: Path, url: str) -> None:
    assert chosen(here, Flags(url=url)).api_key == ""


def test_a_profile_is_chosen_by_its_name(here: Path) -> None:
    config = 'url = "http://x"\n[profiles.staging]\nurl = "http://staging"\napi_key = "rc_staging"'
    assert told(chosen(here, Flags(profile="staging"), config)) == ("http://staging", "rc_staging")


def test_a_key_may_be_in_a_file_beside_the_configuration(here: Path) -> None:
    (here / "home" / "rollcall").mkdir(parents=True)
    (here / "home" / "rollcall" / "key").write_text("rc_in_a_file\n")
    config = 'url = "http://x"\napi_key_file = "key"'
    assert chosen(here, config=config).api_key == "rc_in_a_file"


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ("url = ", "config.toml"),
        ('adress = "http://x"', "adress"),
        ("url = 8000", "url"),
        ('parallel = "many"', "parallel"),
        ("timeout_seconds = true", "timeout_seconds"),
        ("parallel = 0", "parallel"),
        ("profiles = 3", "config.toml"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_complained_of(here: Path, config: str, word: str) -> None:
    flags = Flags(profile="one") if "profiles" in config else Flags()
    with pytest.raises(Complaint, match=word):
        chosen(here, flags, config)


def test_a_profile_that_is_not_there_is_complained_of_with_those_that_are(here: Path) -> None:
    with pytest.raises(Complaint, match="staging"):
        chosen(here, Flags(profile="production"), '[profiles.staging]\nurl = "http://x"')


def test_a_configuration_that_was_named_must_be_there(here: Path) -> None:
    with pytest.raises(Complaint, match=r"nowhere\.toml"):
        chosen(here, Flags(config=here / "nowhere.toml"))


def test_no_key_is_in_what_is_printed_of_settings(here: Path) -> None:
    assert KEY not in repr(chosen(here))


def test_a_folder_of_another_user_is_not_believed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = here.stat().st_uid
    monkeypatch.setattr("client.cli.local_service.os.getuid", lambda: own + 1)
    assert chosen(here).api_key == ""
