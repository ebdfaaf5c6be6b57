"""The commands that correct names: what they want to be told, what they say, and what a Tab offers."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner

from client.cli import app
from client.cli.exit_codes import ExitCode
from tests.client.conftest import Run
from tests.client.scripted import Answer, change, problem, result, scripted_service
from tests.client.test_command import is_one_line

Offered = Callable[[str, Answer], list[str]]
NAMING = ("jobs", "name", "j1", "speaker1")
UNKNOWN = "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize("words", [[], ["bob", "--nobody"], ["--nobody", "--rematch"]])
def test_a_naming_wants_a_speaker_or_nobody(rollcall: Run, words: list[str]) -> None:
    result = rollcall(*NAMING, *words)
    assert is_one_line(result, ExitCode.WRONG_USE), result.stderr
    assert "--nobody" in result.stderr


def test_what_changed_and_how_to_undo_it_is_a_line(rollcall: Run) -> None:
    with scripted_service(Answer(200, change(kind="naming", num_jobs=1))) as service:
        done = rollcall("--url", service.url, *NAMING, "bob")
    line = "A voice is bob's: 1 result differs. Undo it: rollcall changes undo c1\n"
    assert (done.exit_code, done.stdout) == (0, line)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"kind": "naming", "speaker": None}, "A voice is nobody's who is enrolled"),
        ({"kind": "rename", "other": "rob"}, "rob is called bob"),
        ({"kind": "merge", "other": "bobby"}, "bobby is one with bob"),
        ({"kind": "rematch"}, "Earlier strangers are compared with bob"),
    ],
)
def test_the_list_says_what_each_change_was(rollcall: Run, fields: dict[str, str], said: str) -> None:
    page = {"items": [change(**fields)], "next_cursor": None}
    with scripted_service(Answer(200, page)) as service:
        row = rollcall("--url", service.url, "changes", "list").stdout.rstrip("\n").split("\t")
    assert (row[0], row[2], row[4]) == ("c1", "done", said)


def test_an_undo_does_not_say_how_to_undo_it(rollcall: Run) -> None:
    undone = change(id="c2", kind="undo", undoes="c1", num_jobs=2, can_undo=False)
    with scripted_service(Answer(200, undone)) as service:
        done = rollcall("--url", service.url, "changes", "undo", "c1")
    assert done.stdout == "Change c1 is undone: 2 results differ.\n"


def test_a_change_is_shown_with_what_was_called_otherwise(rollcall: Run) -> None:
    names = {
        "before": {"speaker": None, "label": "speaker1"},
        "after": {"speaker": "bob", "label": "speaker1"},
    }
    jobs = [{"id": "j1", "differences": [{"start": 1.0, "end": 2.5, **names}]}]
    with scripted_service(Answer(200, change(num_jobs=1, jobs=jobs, blocked_by="c2"))) as service:
        lines = rollcall("--url", service.url, "changes", "show", "c1").stdout.splitlines()
    job, *_, before, after = lines[-1].split("\t")
    assert (job, before, after, "undo first      c2" in lines) == ("j1", "speaker1", "bob", True)


def test_json_is_as_the_service_gave_it(rollcall: Run) -> None:
    with scripted_service(Answer(200, change())) as service:
        done = rollcall("--url", service.url, "speakers", "rematch", "bob", "--json")
    assert json.loads(done.stdout) == change()


def test_where_only_the_sample_cannot_be_the_option_without_is_named(rollcall: Run) -> None:
    refused = problem(400, "insufficient_speech")
    refused.body["errors"] = [{"field": "enroll", "message": "too short"}]
    with scripted_service(refused) as service:
        done = rollcall("--url", service.url, *NAMING, "bob")
    assert is_one_line(done, ExitCode.REFUSED), done.stderr
    assert "--no-enroll" in done.stderr


def test_what_has_to_be_undone_first_is_told_with_the_command(rollcall: Run) -> None:
    with scripted_service(problem(409, "change_blocked")) as service:
        done = rollcall("--url", service.url, "changes", "undo", "c1")
    assert is_one_line(done, ExitCode.REFUSED), done.stderr
    assert "rollcall changes undo" in done.stderr


def test_a_merge_is_asked_about(rollcall: Run) -> None:
    done = rollcall("speakers", "merge", "bob", "bobby", stdin="n\n")
    assert (done.exit_code, "Nothing was done" in done.stderr) == (ExitCode.WRONG_USE, True)


def test_a_comparison_that_is_not_waited_for_has_an_exit_code(rollcall: Run) -> None:
    with scripted_service(Answer(202, change("pending"))) as service:
        done = rollcall("--url", service.url, "speakers", "rematch", "bob", "--wait", "0")
    assert is_one_line(done, ExitCode.WAIT_ENDED), done.stderr


def test_a_comparison_that_failed_has_an_exit_code(rollcall: Run) -> None:
    with scripted_service(Answer(200, change("failed"))) as service:
        done = rollcall("--url", service.url, "speakers", "rematch", "bob")
    assert is_one_line(done, ExitCode.SOME_FAILED), done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("jobs", "name", UNKNOWN, "speaker1", "bob"),
        ("speakers", "rename", "nobody", "somebody"),
        ("speakers", "merge", "--yes", "nobody", "somebody"),
        ("speakers", "rematch", "nobody"),
        ("changes", "show", UNKNOWN),
        ("changes", "undo", UNKNOWN),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_what_is_not_there_cannot_be_corrected(rollcall: Run, words: tuple[str, ...]) -> None:
    done = rollcall(*words)
    assert is_one_line(done, ExitCode.NOT_FOUND), done.stderr


def test_without_changes_the_list_is_empty(rollcall: Run) -> None:
    assert json.loads(rollcall("changes", "list", "--json").stdout) == []


@pytest.fixture
def offered(rollcall: Run, monkeypatch: pytest.MonkeyPatch) -> Offered:
    """What bash is offered after these words by a service's answer."""

    def after(words: str, answer: Answer) -> list[str]:
        typed = f"rollcall {words} "
        monkeypatch.setenv("_ROLLCALL_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", typed)
        monkeypatch.setenv("COMP_CWORD", str(typed.count(" ")))
        with scripted_service(answer) as service:
            monkeypatch.setenv("ROLLCALL_URL", service.url)
            return CliRunner().invoke(app, prog_name="rollcall").stdout.split()

    return after


def test_a_tab_offers_the_voices_of_the_job(offered: Offered) -> None:
    names = [("alice", "speaker0"), (None, "speaker1"), ("alice", "speaker0")]
    segments = [segment(speaker, label) for speaker, label in names]
    assert offered("jobs name j1", Answer(200, result() | {"segments": segments})) == ["alice", "speaker1"]


def test_a_tab_offers_the_changes_that_can_be_undone(offered: Offered) -> None:
    page = {"items": [change(id="c2", can_undo=False), change()], "next_cursor": None}
    assert offered("changes undo", Answer(200, page)) == ["c1"]


def segment(speaker: str | None, label: str) -> dict[str, Any]:
    """A segment's JSON."""
    empty = dict.fromkeys(("confidence", "reason"))
    return {"id": 0, "start": 0.0, "end": 1.0, "speaker": speaker, "label": label, "candidates": [], **empty}
