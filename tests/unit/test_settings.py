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


def test_a_blob_url_with_credentials_is_refused_without_showing_them() -> None:
    with pytest.raises(ValidationError) as refused:
        settings(blob_url="s3://AKIAEXAMPLE:hidden@bucket/prefix")
    assert ("AWS_ACCESS_KEY_ID" in str(refused.value), "hidden" in str(refused.value)) == (True, False)


def test_a_pack_given_as_a_folder_is_used_as_it_is() -> None:
    assert settings(model_pack="/srv/packs/mine").pack_dir == Path("/srv/packs/mine")


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A folder of secrets, as a container finds it."""
    (tmp_path / "ROLLCALL_REDIS_PASSWORD").write_text("p/w@1\n")
    (tmp_path / "something_else").write_text("x")
    return tmp_path


def test_a_secret_may_be_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_SECRETS_DIR", str(secrets))
    assert load_settings(env_file=None).redis_password == "p/w@1"


def test_the_folder_of_secrets_may_be_named_in_the_env_file(
    secrets: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    env_file = tmp_path_factory.mktemp("env") / ".env"
    env_file.write_text(f"ROLLCALL_SECRETS_DIR={secrets}\n")
    assert load_settings(env_file=str(env_file)).redis_password == "p/w@1"


def test_the_environment_comes_before_a_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("ROLLCALL_REDIS_PASSWORD", "chosen")
    assert load_settings(env_file=None).redis_password == "chosen"


def test_a_folder_of_secrets_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValidationError, match="secrets_dir"):
        settings(secrets_dir="/nowhere")


@pytest.mark.parametrize(
    ("url", "full"),
    [
        ("redis://redis:6379/0", "redis://:p%2Fw%401@redis:6379/0"),
        ("rediss://name@[::1]:6379/0", "rediss://name:p%2Fw%401@[::1]:6379/0"),
        ("redis://name:old@redis/1", "redis://name:p%2Fw%401@redis/1"),
        ("unix:///run/redis.sock", "unix:///run/redis.sock"),
    ],
)
def test_a_password_by_itself_becomes_a_part_of_the_url(url: str, full: str) -> None:
    assert settings(redis_url=url, redis_password="p/w@1").broker_url == full


def test_a_database_has_its_password_by_itself_as_well() -> None:
    chosen = settings(
        database_url="postgresql+psycopg://rollcall@db:5432/rollcall", database_password="p/w@1"
    )
    assert chosen.sqlalchemy_url == "postgresql+psycopg://rollcall:p%2Fw%401@db:5432/rollcall"


def test_a_url_keeps_the_password_that_it_has() -> None:
    assert settings(redis_url="redis://:own@redis/0").broker_url == "redis://:own@redis/0"


def test_an_sqlite_file_needs_no_password() -> None:
    assert settings(database_password="p").sqlalchemy_url.startswith("sqlite:///")


def test_a_queue_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="worker_queues"):
        settings(worker_queues="sync,deliver")
