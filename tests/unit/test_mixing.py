"""Mixing: what a decoder that somebody has taken over might write instead of samples."""

import struct

import numpy as np
import pytest

from worker.audio.au_stream import AuStream, NotAnAuStream
from worker.audio.mixing import MAX_CHANNELS, Mixdown, NoNumbers, OtherChannels, TooManyChannels

NAN, ONE = np.nan, 1.0


def stream(*samples: float, channels: int = 1, start: int = 24) -> bytes:
    """An AU stream of 32-bit floats."""
    header = b".snd" + struct.pack(">IIIII", start, 0xFFFFFFFF, 6, 16_000, channels)
    return header + np.array(samples, ">f4").tobytes()


@pytest.mark.parametrize("channels", [MAX_CHANNELS + 1, 2**32 - 1])
def test_a_stream_of_too_many_channels_is_refused(channels: int) -> None:
    with pytest.raises(TooManyChannels):
        AuStream(Mixdown(100))(stream(channels=channels))


def test_a_stream_without_channels_is_refused() -> None:
    with pytest.raises(NotAnAuStream):
        AuStream(Mixdown(100))(stream(channels=0))


def test_a_stream_with_other_channels_than_the_first_time_is_refused() -> None:
    with pytest.raises(OtherChannels):
        AuStream(Mixdown(100, weights=np.ones(3)))(stream(channels=2))


def test_a_header_without_an_end_is_refused() -> None:
    with pytest.raises(NotAnAuStream):
        AuStream(Mixdown(100))(stream(start=0xFFFFFFFF))


def test_samples_that_are_mostly_no_numbers_are_refused() -> None:
    mixdown = Mixdown(100)
    AuStream(mixdown)(stream(NAN, NAN, ONE))
    with pytest.raises(NoNumbers):
        mixdown.samples()


def test_a_sample_that_is_no_number_among_others_is_silent() -> None:
    mixdown = Mixdown(100)
    AuStream(mixdown)(stream(NAN, ONE, ONE))
    assert mixdown.samples().tolist() == [0.0, 1.0, 1.0]
