"""`make run`: how it starts, refuses to start, and stops."""

import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from deploy.local.background import BackgroundStack
from deploy.local.checks import free_port
from shared.settings.environment import environment_with
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.deepaffects import ENROLL, enrolment
from tests.end_to_end.processes import command_of
from tests.end_to_end.v1 import once

pytestmark = pytest.mark.one_machine("it is about `make run` itself")


def run_again(**variables: str) -> subprocess.CompletedProcess[str]:
    """Start a second stack in the foreground, which must end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "deploy.local"],
        env=environment_with(**({"FLOWER_PORT": "0"} | variables)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def gateway_processes(stack: BackgroundStack) -> list[psutil.Process]:
    children = psutil.Process(stack.pid).children(recursive=True)
    return [process for process in children if "api.main:app" in command_of(process)]


def runs(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # it ended between the two questions
        return False


def still_alive(processes: list[psutil.Process], seconds: float = 0) -> list[psutil.Process]:
    """Those that run after so long; one that is dead and waits for its parent to notice does not."""
    deadline = time.monotonic() + seconds
    while True:
        alive = [one for one in processes if runs(one)]
        if not alive or time.monotonic() > deadline:
            return alive
        time.sleep(0.2)


def test_a_taken_port_is_refused_by_name(stack: BackgroundStack, tmp_path: Path) -> None:
    second = run_again(ROLLCALL_DATA_DIR=str(tmp_path), ROLLCALL_HTTP_PORT=str(stack.port))
    assert (second.returncode, f"port {stack.port}" in second.stderr) == (1, True), second.stderr


def test_a_data_dir_in_use_is_refused_by_name(stack: BackgroundStack) -> None:
    second = run_again(ROLLCALL_DATA_DIR=str(stack.data_dir), ROLLCALL_HTTP_PORT="0")
    assert (second.returncode, str(stack.data_dir) in second.stderr) == (1, True), second.stderr


def test_a_setting_that_cannot_be_used_is_refused_by_name(tmp_path: Path) -> None:
    second = run_again(ROLLCALL_DATA_DIR=str(tmp_path), ROLLCALL_HTTP_PORT="eighty")
    assert (second.returncode, "ROLLCALL_HTTP_PORT" in second.stderr) == (1, True), second.stderr


def test_a_missing_model_pack_is_refused_with_what_builds_it(tmp_path: Path) -> None:
    second = run_again(
        ROLLCALL_DATA_DIR=str(tmp_path), ROLLCALL_HTTP_PORT="0", ROLLCALL_MODEL_DIR=str(tmp_path)
    )
    assert (second.returncode, "make models" in second.stderr) == (1, True), second.stderr


def test_the_curl_line_works_as_pasted(stack: BackgroundStack) -> None:
    deadline = time.monotonic() + 20
    while "Try it:" not in stack.log.read_text() and time.monotonic() < deadline:
        time.sleep(0.1)
    line = re.search(r"curl .*", stack.log.read_text())
    assert line, stack.last_words()
    # A log, unlike a terminal, says where the key is instead of the key.
    as_pasted = ["sh", "-c", f"""curl() {{ printf '%s\\n' "$@"; }}; {line[0]}"""]
    environment = environment_with(ROLLCALL_BOOTSTRAP_API_KEY=stack.api_key)
    shell = subprocess.run(as_pasted, env=environment, capture_output=True, text=True, check=True)
    arguments = shell.stdout.splitlines()
    name, _, value = arguments[arguments.index("-H") + 1].partition(": ")
    assert requests.get(arguments[-1], headers={name: value}, timeout=10).json()["developer_id"]


def test_the_gateway_process_holds_no_torch(stack: BackgroundStack) -> None:
    mapped = {entry.path for process in gateway_processes(stack) for entry in process.memory_maps()}
    assert [path for path in mapped if "torch" in path] == []


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[BackgroundStack, int]]:
    """A stack with Flower, and its port."""
    port = free_port()
    stack = BackgroundStack(tmp_path_factory.mktemp("watched"), FLOWER_PORT=str(port), FLOWER_BASIC_AUTH="")
    stack.start()
    stack.wait_until_ready()
    yield stack, port
    stack.stop()


def flower_line(stack: BackgroundStack) -> str:
    """What `make run` says of Flower, once it is ready."""
    once(stack.log.read_text, lambda log: "Try it:" in log)
    line = re.search(r"Flower .*", stack.log.read_text())
    return line[0] if line else ""


def test_flowers_address_is_shown(watched: tuple[BackgroundStack, int]) -> None:
    stack, port = watched
    assert f"http://127.0.0.1:{port} " in flower_line(stack)


def test_flowers_login_is_kept_in_the_file_that_is_shown(watched: tuple[BackgroundStack, int]) -> None:
    stack, port = watched
    file = re.search(r"login \$\(cat (.*)\)", flower_line(stack))
    assert file, flower_line(stack)
    name, _, password = Path(file[1]).read_text().partition(":")

    def answer() -> int:
        try:
            return requests.get(f"http://127.0.0.1:{port}/", auth=(name, password), timeout=10).status_code
        except requests.RequestException:
            return 0

    assert once(answer, bool) == 200


def test_a_taken_port_of_flower_is_refused_by_name(stack: BackgroundStack, tmp_path: Path) -> None:
    second = run_again(ROLLCALL_DATA_DIR=str(tmp_path), ROLLCALL_HTTP_PORT="0", FLOWER_PORT=str(stack.port))
    assert (second.returncode, "set FLOWER_PORT" in second.stderr) == (1, True), second.stderr


def test_a_login_that_is_none_is_refused_by_name(tmp_path: Path) -> None:
    second = run_again(
        ROLLCALL_DATA_DIR=str(tmp_path),
        ROLLCALL_HTTP_PORT="0",
        FLOWER_PORT=str(free_port()),
        FLOWER_BASIC_AUTH="nobody",
    )
    assert (second.returncode, "FLOWER_BASIC_AUTH" in second.stderr) == (1, True), second.stderr


@pytest.fixture(scope="module")
def interrupted(watched: tuple[BackgroundStack, int]) -> tuple[int, list[psutil.Process]]:
    """The exit status of the stack with Flower, after a Ctrl-C, and the processes that it had."""
    stack, _ = watched
    processes = psutil.Process(stack.pid).children(recursive=True)
    return stack.stop(), processes


def test_an_interrupt_during_the_start_leaves_no_process(tmp_path: Path) -> None:
    stack = BackgroundStack(tmp_path)
    stack.start()
    time.sleep(2.5)
    processes = psutil.Process(stack.pid).children(recursive=True)
    stack.stop()
    assert still_alive(processes, seconds=12) == []


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundStack]:
    """A stack whose gateway has few threads."""
    stack = BackgroundStack(tmp_path_factory.mktemp("narrow"), ROLLCALL_GATEWAY_THREADS="5")
    stack.start()
    stack.wait_until_ready()
    yield stack
    stack.stop()


def test_waiting_requests_leave_the_gateway_its_breath(
    narrow: BackgroundStack, voices: dict[str, bytes]
) -> None:
    outcomes: list[int] = []

    def enroll(number: int) -> None:
        body = enrolment(f"speaker{number}", voices[NAMES[0]])
        outcomes.append(Caller(narrow).post(ENROLL, body).status_code)

    threads = [threading.Thread(target=enroll, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    alive = requests.get(f"{narrow.url}/livez", timeout=5).ok
    for thread in threads:
        thread.join()
    assert (alive, 200 in outcomes, 503 in outcomes) == (True, True, True), outcomes


# What ends a stack that others use is last.


def test_one_interrupt_stops_everything(interrupted: tuple[int, list[psutil.Process]]) -> None:
    returncode, processes = interrupted
    assert (returncode, still_alive(processes, seconds=3)) == (0, [])


def test_a_killed_launcher_takes_everything_with_it(narrow: BackgroundStack) -> None:
    processes = psutil.Process(narrow.pid).children(recursive=True)
    narrow.kill()
    assert still_alive(processes, seconds=20) == []
