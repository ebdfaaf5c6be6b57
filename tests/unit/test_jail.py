"""What a program in the jail cannot do."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from worker.audio.jail import JailBroken, OutputTooLong, run_jailed

MEGABYTE = 1 << 20


def jailed(script: str, *, max_output_bytes: int = MEGABYTE, cpu_seconds: int = 5) -> bytes:
    return bytes(
        run_jailed(["/bin/sh", "-c", script], max_output_bytes=max_output_bytes, cpu_seconds=cpu_seconds)
    )


def test_its_output_comes_back_whole() -> None:
    assert jailed("printf one; sleep 0.1; printf two") == b"onetwo"


def test_it_sees_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_BOOTSTRAP_API_KEY", "secret")
    assert b"secret" not in jailed("/usr/bin/env")


def test_it_writes_no_files(tmp_path: Path) -> None:
    with pytest.raises(JailBroken):
        jailed(f"printf something > {tmp_path / 'file'}")


def test_its_failure_is_told() -> None:
    with pytest.raises(JailBroken):
        jailed("printf output; exit 3")


def test_its_output_is_bounded() -> None:
    with pytest.raises(OutputTooLong):
        jailed("yes", max_output_bytes=1000)


def test_it_has_little_memory() -> None:
    with pytest.raises(JailBroken):
        jailed(f"{sys.executable} -c 'bytearray(2 << 30)'")


def test_it_ends_when_its_time_is_up() -> None:
    began = time.monotonic()
    with pytest.raises(JailBroken):
        jailed("sleep 30", cpu_seconds=1)
    assert time.monotonic() - began < 10


def test_its_children_end_with_it(tmp_path: Path) -> None:
    with pytest.raises(OutputTooLong):
        jailed("sleep 86399 & yes", max_output_bytes=1000)
    time.sleep(0.2)
    assert not [p for p in psutil.process_iter(["cmdline"]) if p.info["cmdline"] == ["sleep", "86399"]]
