"""The command `rollcall` on a running service: each format it writes, read back; what it does if stopped."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import textgrid
import webvtt
from pyannote.database.util import load_rttm
from pympi import Eaf

from client.cli.exit_codes import ExitCode
from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.settings.environment import environment_with
from tests.end_to_end.conftest import NAMES
from tests.end_to_end.v1 import V1, excerpt, gate_before, once

Done = subprocess.CompletedProcess[bytes]
Run = Callable[..., Done]
COMMAND = [sys.executable, "-m", "client"]
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def environment(stack: BackgroundStack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user's, who has the service's address and key, and no configuration."""
    return environment_with(
        ROLLCALL_URL=stack.url,
        ROLLCALL_API_KEY=stack.api_key,
        XDG_CONFIG_HOME=str(tmp_path_factory.mktemp("config")),
    )


@pytest.fixture(scope="module")
def rollcall(environment: dict[str, str], enrolled: list[str]) -> Run:
    """Runs the command; two people are enrolled."""

    def run(*words: str | Path, stdin: bytes = b"", **variables: str) -> Done:
        return subprocess.run(
            [*COMMAND, *map(str, words)],
            input=stdin,
            env=environment | variables,
            capture_output=True,
            timeout=2 * PATIENCE_SECONDS,
            check=False,
        )

    return run


@pytest.fixture(scope="module")
def folder(conversation: Conversation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recording, one below, one that is none, and a file that does not look like one."""
    folder = tmp_path_factory.mktemp("calls")
    (folder / "below").mkdir()
    (folder / "talk.wav").write_bytes(conversation.audio.read_bytes())
    (folder / "below" / "talk.wav").write_bytes(excerpt(conversation, 6, 12))
    (folder / "noise.mp3").write_bytes(b"no sound at all" * 100)
    (folder / "notes.txt").write_text("notes")
    return folder


@pytest.fixture(scope="module")
def answer(rollcall: Run, folder: Path) -> dict[str, Any]:
    """What the command says of the first recording, as JSON."""
    done = rollcall("identify", folder / "talk.wav", "--json")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def spoken(answer: dict[str, Any]) -> list[tuple[str, float, float]]:
    """(name, start, end) of its segments."""
    return sorted(
        (one["speaker"] or one["label"], round(one["start"], 3), round(one["end"], 3))
        for one in answer["segments"]
    )


@pytest.fixture
def exported(rollcall: Run, answer: dict[str, Any], tmp_path: Path) -> Callable[[str], Path]:
    """Writes the answer in a format; the file."""

    def export(name: str) -> Path:
        path = tmp_path / f"talk.{name}"
        done = rollcall("jobs", "result", answer["job_id"], "-f", name, "-o", path, "--name", "talk")
        assert done.returncode == 0, done.stderr
        return path

    return export


def test_both_people_are_found(answer: dict[str, Any]) -> None:
    assert {one["speaker"] for one in answer["segments"]} == set(NAMES)


def test_rttm_is_read_back(exported: Callable[[str], Path], spoken: list[Any]) -> None:
    tracks = load_rttm(exported("rttm"))["talk"].itertracks(yield_label=True)
    assert sorted((name, round(one.start, 3), round(one.end, 3)) for one, _, name in tracks) == spoken


def test_webvtt_is_read_back(exported: Callable[[str], Path], spoken: list[Any]) -> None:
    cues = webvtt.read(exported("webvtt"))
    assert sorted(cue.voice for cue in cues) == [name for name, _, _ in spoken]


def test_textgrid_is_read_back(exported: Callable[[str], Path], spoken: list[Any]) -> None:
    tiers = textgrid.TextGrid.fromFile(str(exported("textgrid")))
    assert {tier.name for tier in tiers} == {name for name, _, _ in spoken}


def test_eaf_is_read_back(exported: Callable[[str], Path], spoken: list[Any]) -> None:
    document = Eaf(str(exported("eaf")))
    assert set(document.get_tier_names()) == {name for name, _, _ in spoken}


def test_csv_is_read_back(exported: Callable[[str], Path], spoken: list[Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(exported("csv").read_text())))
    read = [(row["speaker"], float(row["start_seconds"]), float(row["end_seconds"])) for row in rows]
    assert sorted(read) == spoken


def test_audacitys_labels_are_read_back(exported: Callable[[str], Path], spoken: list[Any]) -> None:
    rows = [line.split("\t") for line in exported("audacity").read_text().splitlines()]
    assert sorted((name, float(start), float(end)) for start, end, name in rows) == spoken


@pytest.mark.parametrize("name", ["timeline", "table"])
def test_people_see_the_names(rollcall: Run, answer: dict[str, Any], name: str) -> None:
    shown = rollcall("jobs", "result", answer["job_id"], "-f", name).stdout.decode()
    assert all(one in shown for one in NAMES), shown


def test_standard_input_is_listened_to(rollcall: Run, folder: Path, spoken: list[Any]) -> None:
    done = rollcall("identify", "-", "-f", "csv", stdin=(folder / "talk.wav").read_bytes())
    assert len(done.stdout.splitlines()) == 1 + len(spoken), done.stderr


@pytest.fixture(scope="module")
def written(rollcall: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """The folder identified into another."""
    results = tmp_path_factory.mktemp("results")
    return rollcall("identify", folder, "-f", "rttm", "-o", results), results


def test_a_folders_results_lie_as_its_recordings_do(written: tuple[Done, Path]) -> None:
    _, results = written
    found = {str(path.relative_to(results)) for path in results.rglob("*") if path.is_file()}
    assert found == {"talk.rttm", "below/talk.rttm"}


def test_what_failed_is_named_and_told_by_the_exit_code(written: tuple[Done, Path]) -> None:
    done, _ = written
    words = done.stderr.decode()
    assert (done.returncode, "noise.mp3" in words, "2 of 3 recordings done, 1 failed" in words) == (
        1,
        True,
        True,
    ), words


def test_what_has_a_result_is_left_out_on_demand(
    rollcall: Run, folder: Path, written: tuple[Done, Path]
) -> None:
    _, results = written
    done = rollcall("identify", folder, "-f", "rttm", "-o", results, "--new-only")
    assert (done.returncode, b"0 of 1 recordings done, 1 failed" in done.stderr) == (1, True), done.stderr


def test_every_recording_of_a_folder_is_a_line_of_json(rollcall: Run, folder: Path) -> None:
    lines = [json.loads(line) for line in rollcall("identify", folder, "--json").stdout.splitlines()]
    failed = [one["recording"] for one in lines if "error" in one]
    assert (len(lines), failed) == (3, [str(folder / "noise.mp3")])


def test_somebody_is_enrolled_from_an_earlier_answer_and_erased(
    rollcall: Run, answer: dict[str, Any]
) -> None:
    own = [one["id"] for one in answer["segments"] if one["speaker"] == NAMES[0]]
    chosen = [word for number in own for word in ("--segment", str(number))]
    enrolled = rollcall("enroll", "again", "--from-job", answer["job_id"], *chosen)
    shown = rollcall("speakers", "samples", "again").stdout
    erased = rollcall("speakers", "delete", "--yes", "again")
    assert (enrolled.returncode, bool(shown), erased.returncode) == (0, True, 0), enrolled.stderr


@dataclass
class Story:
    """One stranger in two answers: named in the first, looked for in the second, and all taken back."""

    before: list[Any]
    named: Done
    found: dict[str, Any]
    corrected: list[Any]
    too_early: Done
    undone: list[Done]
    after: list[Any]
    speakers: Done


@pytest.fixture(scope="module")
def story(rollcall: Run, folder: Path) -> Story:
    def asked(*words: str | Path) -> Any:
        done = rollcall(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def results() -> list[Any]:
        return [asked("jobs", "result", job)["segments"] for job in jobs]

    answers = [asked("identify", folder / "talk.wav", "--speaker", NAMES[0]) for _ in range(2)]
    jobs = [answer["job_id"] for answer in answers]
    strangers = [one for one in answers[0]["segments"] if one["speaker"] is None]
    voice = max(strangers, key=lambda one: one["end"] - one["start"])["label"]
    before = results()
    named = rollcall("jobs", "name", jobs[0], voice, "newcomer")
    naming = named.stdout.decode().split()[-1]
    found = asked("speakers", "rematch", "newcomer", "--job", jobs[1])
    return Story(
        before=before,
        named=named,
        found=found,
        corrected=results(),
        too_early=rollcall("changes", "undo", naming),
        undone=[rollcall("changes", "undo", change) for change in (found["id"], naming)],
        after=results(),
        speakers=rollcall("speakers", "list"),
    )


def test_a_stranger_is_named_in_a_line_that_says_how_to_undo_it(story: Story) -> None:
    line = re.compile(rb"A voice is newcomer's: 1 result differs. Undo it: rollcall changes undo \S{36}\n")
    assert line.fullmatch(story.named.stdout), story.named


def test_a_named_stranger_is_found_in_the_other_recording(story: Story) -> None:
    names = [{one["speaker"] for one in segments} for segments in story.corrected]
    assert (story.found["num_jobs"], "newcomer" in names[0], "newcomer" in names[1]) == (1, True, True)


def test_what_has_to_be_undone_first_is_named(story: Story) -> None:
    told = story.too_early.stderr.decode()
    assert (story.too_early.returncode, story.found["id"] in told) == (ExitCode.REFUSED, True), told


def test_after_undoing_answers_and_speakers_are_as_before(story: Story) -> None:
    assert [done.returncode for done in story.undone] == [0, 0], story.undone
    assert (story.after, b"newcomer" in story.speakers.stdout) == (story.before, False)


def test_the_doctor_finds_nothing_wrong(rollcall: Run) -> None:
    done = rollcall("doctor")
    assert done.returncode == 0, done.stdout


@pytest.mark.one_machine("only `make run` writes down where it listens")
def test_the_service_of_make_run_is_found_by_its_data(rollcall: Run, stack: BackgroundStack) -> None:
    known = {"ROLLCALL_DATA_DIR": str(stack.data_dir), "ROLLCALL_BOOTSTRAP_API_KEY": stack.api_key}
    done = rollcall("speakers", "list", ROLLCALL_URL="", ROLLCALL_API_KEY="", **known)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def held(environment: dict[str, str], enrolled: list[str], conversation: Conversation) -> Iterator[Any]:
    """The command, waiting for a job that cannot go on."""
    with gate_before(excerpt(conversation, 15, 18)) as gate:
        process = subprocess.Popen(
            [*COMMAND, "identify", gate.url], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        yield process
        process.kill()
        process.communicate()


def test_an_interrupt_cancels_the_job_and_ends_at_once(stack: BackgroundStack, held: Any) -> None:
    own = V1(stack, stack.api_key)
    running = once(lambda: [job["id"] for job in own.get("/v1/jobs", status="running").json()["items"]], bool)
    held.send_signal(signal.SIGINT)
    _, words = held.communicate(timeout=PATIENCE_SECONDS)
    assert (held.returncode, own.ended(running[0])["status"], b"Traceback" in words) == (
        130,
        "canceled",
        False,
    ), words


def test_a_reader_who_has_had_enough_is_no_error(environment: dict[str, str], answer: dict[str, Any]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "jobs", "result", answer["job_id"], "-f", "csv"],
        env=environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
