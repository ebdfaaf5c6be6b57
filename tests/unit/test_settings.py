"""Settings: their values, and that each is documented."""

from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.services import make_services
from shared.settings import Settings, load_settings

ROOT = Path(__file__).parents[2]
VARIABLES = [f"ROLLCALL_{name.upper()}" for name in Settings.model_fields]


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[call-arg, arg-type]


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_setting_is_documented(variable: str) -> None:
    assert f"`{variable}`" in (ROOT / "docs/settings.md").read_text()


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name != "worker_host"])
def test_the_example_file_shows_every_default(name: str) -> None:
    default = Settings.model_fields[name].default
    shown = "" if default in ("", (), None) else str(default)
    assert f"# ROLLCALL_{name.upper()}={shown}\n" in (ROOT / ".env.example").read_text()


def test_a_variable_of_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_HTTP_PORT", "9000")
    assert load_settings(env_file=None).http_port == 9000


def test_a_line_of_the_env_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROLLCALL_HTTP_PORT", raising=False)
    (tmp_path / ".env").write_text("ROLLCALL_HTTP_PORT=9001\n")
    assert load_settings(env_file=str(tmp_path / ".env")).http_port == 9001


def test_allowed_networks_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_EGRESS_ALLOW", "127.0.0.0/8, ::1")
    expected = (ip_network("127.0.0.0/8"), ip_network("::1"))
    assert load_settings(env_file=None).egress_allow == expected


def test_closed_networks_reach_the_guard(tmp_path: Path) -> None:
    chosen = settings(egress_deny="8.8.8.8", data_dir=tmp_path, redis_url="redis://127.0.0.1:1/0")
    assert not make_services(chosen).egress.is_allowed(ip_address("8.8.8.8"))


def test_a_network_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        settings(egress_allow="everywhere")


def test_a_collector_without_a_scheme_is_refused() -> None:
    with pytest.raises(ValidationError, match="otlp_endpoint"):
        settings(otlp_endpoint="collector:4318")


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        settings().http_port = 1


def test_redis_must_be_named_outside_make_run() -> None:
    with pytest.raises(ValueError, match="ROLLCALL_REDIS_URL"):
        _ = settings(redis_url="").broker_url


def test_a_pack_given_as_a_folder_is_used_as_it_is() -> None:
    assert settings(model_pack="/srv/packs/mine").pack_dir == Path("/srv/packs/mine")
