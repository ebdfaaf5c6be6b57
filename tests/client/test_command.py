"""The command as a user meets it when things are not as they should be, and what needs no worker."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import Result

from client.cli import app
from client.cli.exit_codes import ExitCode
from deploy.local.lone_gateway import LoneGateway
from shared.settings.environment import environment_with
from tests.client.conftest import Run
from tests.client.scripted import Answer, job, problem, scripted_service
from tests.unit.sounds import click, write_wav

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"


def lines(result: Result) -> list[str]:
    return result.stderr.splitlines()


def is_one_line(result: Result, code: ExitCode) -> bool:
    return (result.exit_code, len(lines(result)), result.stderr[:9]) == (code, 1, "rollcall:")


def test_a_wrong_key_is_said_to_be_so(rollcall: Run) -> None:
    result = rollcall("--api-key", "wrong", "speakers", "list")
    assert is_one_line(result, ExitCode.KEY_REFUSED), result.stderr
    assert "--api-key" in result.stderr


def test_without_a_key_nothing_is_sent(rollcall: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROLLCALL_API_KEY")
    assert is_one_line(rollcall("speakers", "list"), ExitCode.KEY_REFUSED)


def test_a_service_that_is_not_there_is_said_to_be_so(rollcall: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.connection.FIRST_PAUSE_SECONDS", 0.001)
    result = rollcall("--url", NOWHERE, "speakers", "list")
    assert is_one_line(result, ExitCode.UNREACHABLE), result.stderr
    assert "make run" in result.stderr


def test_something_else_at_the_address_is_told_from_the_service(rollcall: Run) -> None:
    with scripted_service(Answer(200, "<html>hello</html>")) as other:
        assert is_one_line(rollcall("--url", other.url, "speakers", "list"), ExitCode.UNREACHABLE)


def test_what_does_not_exist_has_an_exit_code(rollcall: Run) -> None:
    assert is_one_line(rollcall("speakers", "show", "nobody"), ExitCode.NOT_FOUND)


def test_a_refused_request_has_an_exit_code(rollcall: Run) -> None:
    assert is_one_line(rollcall("keys", "add", "--scope", "everything"), ExitCode.REFUSED)


def test_a_busy_service_has_an_exit_code(rollcall: Run) -> None:
    with scripted_service(problem(429, "rate_limited", Retry_After="3600")) as busy:
        assert is_one_line(rollcall("--url", busy.url, "jobs", "list"), ExitCode.TRY_LATER)


@pytest.mark.parametrize("words", [["identify", "missing.wav"], ["enroll", "ann", "missing.wav"]])
def test_a_file_that_is_not_there_is_named(rollcall: Run, words: list[str]) -> None:
    result = rollcall(*words)
    assert is_one_line(result, ExitCode.WRONG_USE), result.stderr
    assert "missing.wav" in result.stderr


def test_a_folder_without_recordings_is_complained_of(rollcall: Run, alone: Path) -> None:
    (alone / "notes").mkdir()
    (alone / "notes" / "a.txt").write_text("no sound")
    assert is_one_line(rollcall("identify", "notes"), ExitCode.WRONG_USE)


def test_an_empty_file_is_complained_of(rollcall: Run, alone: Path) -> None:
    (alone / "empty.wav").touch()
    assert is_one_line(rollcall("identify", "empty.wav"), ExitCode.WRONG_USE)


def test_a_speaker_who_is_not_enrolled_is_told_with_the_remedy(rollcall: Run, alone: Path) -> None:
    write_wav(alone / "talk.wav", click())
    result = rollcall("identify", "talk.wav", "--speaker", "nobody")
    assert is_one_line(result, ExitCode.REFUSED), result.stderr
    assert "rollcall enroll" in result.stderr


@pytest.mark.parametrize("name", ["csv", "webvtt", "textgrid", "audacity", "eaf"])
def test_several_results_that_are_no_one_file_want_a_folder(rollcall: Run, alone: Path, name: str) -> None:
    for one in ("a.wav", "b.wav"):
        (alone / one).write_bytes(b"RIFF")
    assert is_one_line(rollcall("identify", "a.wav", "b.wav", "-f", name), ExitCode.WRONG_USE)


def test_an_error_is_json_where_that_was_asked_for(rollcall: Run) -> None:
    result = rollcall("speakers", "show", "nobody", "--json")
    assert json.loads(result.stderr)["error"]["code"] == "speaker_not_found"


def test_what_is_lost_for_good_is_asked_about(rollcall: Run) -> None:
    result = rollcall("speakers", "delete", "nobody", stdin="n\n")
    assert (result.exit_code, "Nothing was done" in result.stderr) == (ExitCode.WRONG_USE, True)


def test_where_nobody_can_answer_yes_must_be_said(rollcall: Run) -> None:
    result = rollcall("speakers", "delete", "nobody", stdin="")
    assert (result.exit_code, "--yes" in result.stderr) == (ExitCode.WRONG_USE, True)


def test_a_job_that_is_not_waited_for_prints_its_id(rollcall: Run, alone: Path) -> None:
    (alone / "talk.wav").write_bytes(b"RIFF")
    with scripted_service(Answer(202, job())) as service:
        result = rollcall("--url", service.url, "identify", "talk.wav", "--no-wait")
    assert (result.exit_code, result.stdout) == (0, "j1\n")


def test_a_key_is_made_used_and_revoked(rollcall: Run) -> None:
    key = rollcall("keys", "add", "--scope", "read", "--name", "a test's").stdout.strip()
    assert rollcall("--api-key", key, "speakers", "list").exit_code == 0
    assert rollcall("keys", "revoke", "-y", key[:11]).exit_code == 0
    assert rollcall("--api-key", key, "speakers", "list").exit_code == ExitCode.KEY_REFUSED


def test_a_list_in_a_pipe_is_rows_with_tabs(rollcall: Run) -> None:
    rows = [line.split("\t") for line in rollcall("keys", "list").stdout.splitlines()]
    assert {len(row) for row in rows} == {7}


def test_secrets_and_deliveries_are_listed_as_json(rollcall: Run) -> None:
    secrets = json.loads(rollcall("webhooks", "secrets", "--json").stdout)
    deliveries = json.loads(rollcall("deliveries", "list", "--json").stdout)
    assert (secrets[0]["secret"][:6], deliveries) == ("whsec_", [])


def test_a_time_that_is_none_is_complained_of(rollcall: Run) -> None:
    result = rollcall("deliveries", "redeliver", "--since", "yesterday")
    assert is_one_line(result, ExitCode.WRONG_USE), result.stderr


def test_deliveries_since_a_time_are_counted(rollcall: Run) -> None:
    result = rollcall("deliveries", "redeliver", "--since", "2026-05-04T10:00:00Z", "--json")
    assert json.loads(result.stdout) == {"redelivered": 0}


def test_the_doctor_names_the_parts_that_are_missing(rollcall: Run) -> None:
    checks = {one["what"]: one for one in json.loads(rollcall("doctor", "--json").stdout)}
    bad = {name for name, one in checks.items() if one["verdict"] == "bad"}
    assert (bad, checks["key"]["verdict"]) == ({"redis", "worker"}, "good")
    assert all(checks[name]["remedy"] for name in bad)


def test_the_doctor_ends_with_failure_where_something_is_wrong(rollcall: Run) -> None:
    assert rollcall("doctor").exit_code == ExitCode.SOME_FAILED


def test_the_doctor_knows_a_wrong_key(rollcall: Run) -> None:
    checks = json.loads(rollcall("--api-key", "wrong", "doctor", "--json").stdout)
    assert [one["verdict"] for one in checks if one["what"] == "key"] == ["bad"]


def test_a_full_disk_is_said_to_be_so(gateway: LoneGateway, alone: Path) -> None:
    known = {"ROLLCALL_URL": gateway.url, "ROLLCALL_API_KEY": gateway.api_key}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "client", "keys", "list"],
            env=environment_with(**known, PYTHONPATH=str(ROOT)),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert (done.returncode, done.stderr.count(b"\n")) == (ExitCode.WRONG_USE, 1), done.stderr


def test_without_its_packages_the_command_says_how_to_get_them() -> None:
    without = "import sys; sys.modules['typer'] = None; from client.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=False)
    assert (done.returncode, "rollcall[cli]" in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def commands(group: typer.Typer, *path: str) -> Iterator[tuple[str, ...]]:
    """The words of every command."""
    for one in group.registered_commands:
        name = one.name or (one.callback.__name__ if one.callback else "")
        yield (*path, name)
    for below in group.registered_groups:
        if below.typer_instance:
            yield from commands(below.typer_instance, *path, below.name or "")


@pytest.mark.parametrize("words", commands(app), ids=" ".join)
def test_every_option_of_every_command_is_explained(words: tuple[str, ...]) -> None:
    command = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]
    silent = [one.name for one in command.params if not getattr(one, "help", None) and one.name != "help"]
    assert (silent, bool(command.help)) == ([], True)


def test_every_exit_code_is_documented() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text()
    assert {int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)} == {*ExitCode}


@pytest.mark.parametrize("names", [["a.wav"], ["a.wav", "b.wav"]], ids=["one", "several"])
def test_an_enrolment_that_no_sample_can_pass_ends_by_its_own_reason(
    rollcall: Run, alone: Path, names: list[str]
) -> None:
    for name in names:
        write_wav(alone / name, click())
    with scripted_service(problem(402, "quota_spent")) as service:
        result = rollcall("--url", service.url, "enroll", "ann", *names)
    assert result.exit_code == ExitCode.TRY_LATER, result.stderr
