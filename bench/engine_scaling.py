"""The engine alone in one process and in two, a core each: what the machine itself makes of a second one.

    python -m bench.engine_scaling CORE CONVERSATIONS

is such a process; it says that it is ready, and identifies when it is told to.
"""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

READY, GO = "ready", "go"


def engine_rate(processes: int, conversations: int, cores: Sequence[int]) -> float:
    """Conversations a second through so many processes, which share them. Raises RuntimeError."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(_started(core, conversations // processes)) for core in cores[:processes]
        ]
        for one in started:
            _hear(one, READY)
        began = time.perf_counter()
        for one in started:
            _tell(one)
        for one in started:
            _hear(one, READY)
        return conversations / (time.perf_counter() - began)


def _started(core: int, conversations: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.engine_scaling", str(core), str(conversations)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _hear(process: "subprocess.Popen[str]", word: str) -> None:
    # Its log goes the same way.
    if process.stdout is None or not any(line.strip() == word for line in process.stdout):
        raise RuntimeError("a process with the engine ended before its time")


def _tell(process: "subprocess.Popen[str]") -> None:
    if process.stdin is None:
        raise RuntimeError("a process with the engine cannot be told anything")
    process.stdin.write(f"{GO}\n")
    process.stdin.flush()


def _work(core: int, conversations: int) -> None:
    # Before torch has started a thread: they inherit it.
    os.sched_setaffinity(0, {core})
    from bench.in_process import enrolled_voices, identify
    from bench.recordings import packaged_samples
    from shared.settings import load_settings
    from worker.engine import load_engine

    settings = load_settings().model_copy(update={"torch_threads": 1})
    engine = load_engine(settings)
    voiceprints, samples = enrolled_voices(engine, settings), packaged_samples()
    identify(engine, settings, voiceprints, samples)
    print(READY, flush=True)
    sys.stdin.readline()
    for _ in range(conversations):
        identify(engine, settings, voiceprints, samples)
    print(READY, flush=True)


if __name__ == "__main__":
    _work(int(sys.argv[1]), int(sys.argv[2]))
