"""Counting, in one process and in several that count together."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from prometheus_client import values

from shared.metrics import Metrics, folder_of
from shared.metrics.definitions import JOB_SECONDS, MODEL_BYTES, REJECTIONS, SWEPT_AT

COUNTING = """
import sys, time
from pathlib import Path
from shared.metrics import Metrics
from shared.metrics.definitions import JOB_SECONDS, MODEL_BYTES, REJECTIONS
metrics = Metrics(Path(sys.argv[1]))
metrics.count(REJECTIONS, code="not_found")
metrics.observe(JOB_SECONDS, 2.0, kind="identify")
metrics.set(MODEL_BYTES, 100, device="cpu")
print("counted", flush=True)
sys.stdin.read()
"""
CODE = {"code": "not_found"}


def number(metrics: Metrics, name: str, labels: dict[str, str] | None = None) -> float | None:
    """What a question for a series is answered with."""
    samples = [sample for family in metrics.collector.collect() for sample in family.samples]
    found = [one.value for one in samples if one.name == name and one.labels == (labels or {})]
    return found[0] if found else None


@pytest.fixture
def together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Metrics:
    """This process counting in a folder with others; afterwards it counts alone again."""
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "")
    return Metrics(tmp_path)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[str]"]]:
    """Starts processes that count once in the same folder, and live until they are ended."""
    started = []

    def start() -> "subprocess.Popen[str]":
        command = [sys.executable, "-c", COUNTING, str(tmp_path)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout
        assert process.stdout.readline() == "counted\n"
        return process

    yield start
    for process in started:
        process.communicate()


Start = Callable[[], "subprocess.Popen[str]"]


def test_what_several_processes_count_is_added_up(together: Metrics, another: Start) -> None:
    another(), another()
    together.count(REJECTIONS, **CODE)
    assert number(together, "rollcall_rejections_total", CODE) == 3


def test_what_an_ended_process_has_counted_stays(together: Metrics, another: Start) -> None:
    for _ in range(2):
        another().communicate()
        assert number(together, "rollcall_rejections_total", CODE)
    assert number(together, "rollcall_rejections_total", CODE) == 2


def test_histograms_of_ended_processes_stay_whole(together: Metrics, another: Start) -> None:
    another().communicate()
    below, above = {"kind": "identify", "le": "1.0"}, {"kind": "identify", "le": "2.5"}
    name = "rollcall_job_duration_seconds"
    found = [number(together, f"{name}_bucket", below), number(together, f"{name}_bucket", above)]
    assert [*found, number(together, f"{name}_sum", {"kind": "identify"})] == [0, 1, 2]


def test_no_file_of_an_ended_process_is_left(together: Metrics, another: Start, tmp_path: Path) -> None:
    ended = another()
    ended.communicate()
    list(together.collector.collect())
    assert [path.name for path in tmp_path.iterdir() if str(ended.pid) in path.name] == []


def test_a_process_that_ended_has_no_memory(together: Metrics, another: Start) -> None:
    first = another()
    another()
    first.communicate()
    assert number(together, "rollcall_model_memory_bytes", {"device": "cpu"}) == 100


def test_the_latest_moment_counts(together: Metrics, tmp_path: Path) -> None:
    together.set(SWEPT_AT, 5)
    assert number(together, "rollcall_sweep_completed_timestamp_seconds") == 5


def test_a_forked_child_counts_in_its_parents_folder(together: Metrics) -> None:
    together.count(REJECTIONS, **CODE)
    if not (child := os.fork()):
        together.count(REJECTIONS, **CODE)
        os._exit(0)
    os.waitpid(child, 0)
    assert number(together, "rollcall_rejections_total", CODE) == 2


def test_a_metric_that_was_never_counted_is_not_shown_as_zero() -> None:
    assert list(Metrics().collector.collect()) == []


def test_two_that_count_alone_do_not_count_together() -> None:
    one, other = Metrics(), Metrics()
    one.count(REJECTIONS, **CODE)
    assert number(other, "rollcall_rejections_total", CODE) is None


@pytest.mark.parametrize("labels", [{}, {"code": "x", "tenant": "y"}, {"cause": "x"}])
def test_labels_that_are_not_the_metrics_own_are_refused(labels: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="label"):
        Metrics().count(REJECTIONS, **labels)


def test_memory_is_a_number_of_bytes_of_a_device() -> None:
    alone = Metrics()
    alone.set(MODEL_BYTES, 7, device="cpu")
    assert number(alone, "rollcall_model_memory_bytes", {"device": "cpu"}) == 7


def test_an_observation_is_in_its_bucket() -> None:
    alone = Metrics()
    alone.observe(JOB_SECONDS, 0.3, kind="enroll")
    assert number(alone, "rollcall_job_duration_seconds_bucket", {"kind": "enroll", "le": "0.5"}) == 1


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for temporary files."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_a_processs_folder_is_its_own(temporary: Path) -> None:
    assert folder_of(os.getpid()) == folder_of(os.getpid()) != folder_of(os.getppid())


def test_folders_of_ended_processes_are_removed(temporary: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    left = folder_of(ended.pid)
    (left / "counter_1.db").touch()
    ended.wait()
    folder_of(os.getpid())
    assert not left.exists()


def test_nobody_else_can_look_into_the_folders(temporary: Path) -> None:
    assert folder_of(os.getpid()).parent.stat().st_mode & 0o077 == 0


def test_a_link_in_the_place_of_the_folders_is_not_followed(temporary: Path) -> None:
    (temporary / "elsewhere").mkdir()
    (temporary / f"rollcall-metrics-{os.getuid()}").symlink_to(temporary / "elsewhere")
    with pytest.raises(PermissionError, match="TMPDIR"):
        folder_of(os.getpid())
