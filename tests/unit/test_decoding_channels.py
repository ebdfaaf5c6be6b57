"""Decoding: nobody falls silent when many channels become one."""

from pathlib import Path

import numpy as np
import pytest

from tests.unit.sounds import CLICK_SECONDS, Encode, click, onset_seconds, write_wav
from worker.audio.decoding import decode


@pytest.mark.parametrize("channels", range(2, 9))
def test_a_voice_alone_in_the_last_channel_is_as_loud_as_it_was(tmp_path: Path, channels: int) -> None:
    samples = np.zeros((click().size, channels), np.int16)
    samples[:, -1] = click()
    decoded = decode(write_wav(tmp_path / "array.wav", samples.ravel(), channels=channels), max_seconds=60)
    assert np.abs(decoded).max() == pytest.approx(np.abs(click()).max() / 32768, rel=0.01)


def test_both_sides_of_a_call_are_heard(tmp_path: Path) -> None:
    sides = np.stack([click(), np.roll(click(), 8000)], axis=1).ravel()
    decoded = decode(write_wav(tmp_path / "call.wav", sides, channels=2), max_seconds=60)
    agent, customer = int(16_000 * CLICK_SECONDS), int(16_000 * CLICK_SECONDS) + 8000
    assert min(np.abs(decoded[at : at + 320]).max() for at in (agent, customer)) > 0.2


@pytest.mark.parametrize("name", ["opposed.wav", "opposed.mp3", "opposed.m4a"])
def test_channels_wired_against_each_other_do_not_cancel(encode: Encode, tmp_path: Path, name: str) -> None:
    sides = np.stack([click(), -click()], axis=1).ravel()
    opposed = encode(name, source=write_wav(tmp_path / "opposed_source.wav", sides, channels=2))
    assert onset_seconds(decode(opposed, max_seconds=60)) == pytest.approx(CLICK_SECONDS, abs=0.01)


def test_equal_channels_are_as_loud_as_one(tmp_path: Path) -> None:
    both = np.repeat(click(), 2)
    decoded = decode(write_wav(tmp_path / "both.wav", both, channels=2), max_seconds=60)
    assert decoded.astype(np.float32) == pytest.approx(click() / 32768, abs=3e-4)
