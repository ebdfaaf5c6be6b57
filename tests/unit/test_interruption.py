"""What SIGTERM ends, and what it must not."""

import os
import signal

import pytest

from worker.interruption import Interruption


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def work(interruption: Interruption, done: list[str]) -> None:
    with interruption.allowed():
        done.append("begun")
        stop()
        done.append("finished")


def test_a_stop_ends_the_work() -> None:
    done: list[str] = []
    with Interruption.by_sigterm() as interruption, pytest.raises(SystemExit):
        work(interruption, done)
    assert done == ["begun"]


def test_a_stop_before_the_work_ends_it_at_its_start() -> None:
    done: list[str] = []
    with Interruption.by_sigterm() as interruption:
        stop()
        with pytest.raises(SystemExit):
            work(interruption, done)
    assert done == []


def test_a_second_stop_leaves_what_follows_the_first_alone() -> None:
    done: list[str] = []
    with Interruption.by_sigterm() as interruption:
        with pytest.raises(SystemExit):
            work(interruption, done)
        stop()
        done.append("given back")
    assert done == ["begun", "given back"]


def test_a_stop_after_the_work_changes_nothing() -> None:
    with Interruption.by_sigterm() as interruption:
        with interruption.allowed():
            pass
        stop()


def test_the_process_has_its_own_handler_again_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with Interruption.by_sigterm():
        pass
    assert signal.getsignal(signal.SIGTERM) is before
