"""What an operator types to change keys and policies."""

from pathlib import Path

import pytest
from sqlalchemy import select

from deploy.admin.__main__ import COMMANDS, main
from deploy.processes.preparation import prepare_ledger
from shared.crypto import DecryptionError
from shared.services import Services, load_keyring, make_services
from shared.settings import Settings, load_settings
from shared.store.schema import Tenant
from shared.store.tenants import data_key
from tests.ledgers import lay_ledger

KEY = "rc_" + "k" * 30


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """A ledger with a tenant, which the commands work on as well."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROLLCALL_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ROLLCALL_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("ROLLCALL_BOOTSTRAP_API_KEY", KEY)
    lay_ledger(tmp_path)
    made = make_services(load_settings())
    prepare_ledger(made)
    return made


def tenant(services: Services) -> Tenant:
    with services.store.reading() as session:
        return session.scalars(select(Tenant)).one()


def change_master_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "master.key").rename(folder / "earlier.key")
    monkeypatch.setenv("ROLLCALL_PREVIOUS_MASTER_KEY_FILE", str(folder / "earlier.key"))


def opens(services: Services, settings: Settings) -> bytes:
    with services.store.reading() as session:
        return data_key(session, tenant(services).id, load_keyring(settings))


def test_after_a_change_of_the_master_key_the_earlier_one_is_not_needed(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = opens(services, load_settings())
    change_master_key(tmp_path, monkeypatch)
    assert main(["master-key", "rewrap"]) == 0
    monkeypatch.delenv("ROLLCALL_PREVIOUS_MASTER_KEY_FILE")
    assert opens(services, load_settings()) == before


def test_without_the_earlier_key_the_command_complains(services: Services, tmp_path: Path) -> None:
    (tmp_path / "master.key").unlink()
    assert "ROLLCALL_PREVIOUS_MASTER_KEY_FILE" in str(main(["master-key", "rewrap"]))


def test_a_file_of_earlier_keys_that_is_not_there_is_complained_of(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLCALL_PREVIOUS_MASTER_KEY_FILE", "nowhere")
    assert "cannot be read" in str(main(["master-key", "rewrap"]))


@pytest.mark.parametrize("text", ["", "00" * 16, "00" * 33, "no key"])
def test_a_master_key_of_another_length_is_complained_of(
    services: Services, tmp_path: Path, text: str
) -> None:
    (tmp_path / "master.key").write_text(text)
    assert "cannot be read" in str(main(["master-key", "rewrap"]))


def test_with_none_of_the_keys_nothing_opens(services: Services, tmp_path: Path) -> None:
    (tmp_path / "master.key").unlink()
    with pytest.raises(DecryptionError):
        opens(services, load_settings())


def test_a_policy_is_set(services: Services) -> None:
    options = ["--results-days", "7", "--voiceprints-days", "30", "--requires-consent", "yes"]
    main(["policy", "--tenant", tenant(services).id, *options])
    found = tenant(services)
    assert (found.results_days, found.voiceprints_days, found.requires_consent) == (7, 30, True)


def test_a_policy_is_lifted(services: Services) -> None:
    for days in ("7", "forever"):
        main(["policy", "--tenant", tenant(services).id, "--results-days", days])
    assert tenant(services).results_days is None


def test_how_many_jobs_may_wait_is_set(services: Services) -> None:
    main(["policy", "--waiting-jobs", "50"])
    assert tenant(services).max_waiting_jobs == 50


def test_how_many_jobs_may_wait_is_left_to_the_settings_again(services: Services) -> None:
    for number in ("50", "usual"):
        main(["policy", "--waiting-jobs", number])
    assert tenant(services).max_waiting_jobs is None


@pytest.mark.parametrize("number", ["-1", "many", "1.5"])
def test_a_number_of_jobs_that_is_none_is_refused(services: Services, number: str) -> None:
    with pytest.raises(SystemExit):
        main(["policy", "--waiting-jobs", number])


def test_a_policy_of_nobody_is_complained_of(services: Services) -> None:
    assert "there is no tenant 'nobody'" in str(main(["policy", "--tenant", "nobody"]))


@pytest.mark.parametrize("days", ["0", "-1", "nan", "soon", "1e9", "inf"])
def test_days_that_are_none_are_refused(services: Services, days: str) -> None:
    with pytest.raises(SystemExit):
        main(["policy", "--tenant", tenant(services).id, "--results-days", days])


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "add", "--days", "0"),
        ("keys", "add", "--days", "1e9"),
        ("keys", "rotate", "rc_00000000", "--overlap-seconds", "nan"),
        ("quota", "nan"),
        ("quota", "-1"),
        ("tenants", "limit", "-1"),
        ("tenants", "limit", "many"),
    ],
    ids=" ".join,
)
def test_a_number_that_is_none_is_refused(services: Services, words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        main(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert "usage" in capsys.readouterr().out
