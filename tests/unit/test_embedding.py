"""Which speech becomes a vector."""

import numpy as np
from numpy.typing import NDArray

from worker.diarization.turns import Turn
from worker.voiceprints.embedding import MOST_SPEECH_SECONDS, cluster_spans, embed_speech

RATE = 16_000
RAMP = np.arange(10 * RATE, dtype=np.float32)


class Recorder:
    """Stands for the network; remembers what it was given."""

    heard: NDArray[np.float32]

    def embed(self, samples: NDArray[np.float32], /) -> NDArray[np.float32]:
        self.heard = samples
        return np.ones(4, np.float32)


def test_the_speech_of_all_spans_is_joined_in_order() -> None:
    network = Recorder()
    embed_speech(network, RAMP, [(5.0, 6.0), (1.0, 3.0)])
    assert network.heard.tolist() == [*RAMP[RATE : 3 * RATE], *RAMP[5 * RATE : 6 * RATE]]


def test_too_little_speech_has_no_embedding() -> None:
    assert embed_speech(Recorder(), RAMP, [(1.0, 1.2), (2.0, 2.1)]) is None


def test_no_speech_has_no_embedding() -> None:
    assert embed_speech(Recorder(), RAMP, []) is None


def test_spans_beyond_the_recording_do_not_count() -> None:
    assert embed_speech(Recorder(), RAMP, [(9.8, 20.0)]) is None


def test_of_very_much_speech_only_some_is_embedded() -> None:
    network, samples = Recorder(), np.zeros(300 * RATE, np.float32)
    embed_speech(network, samples, [(0.0, 100.0), (110.0, 290.0)])
    assert network.heard.size == MOST_SPEECH_SECONDS * RATE


def test_overlapped_speech_is_left_out_where_there_is_enough_other() -> None:
    turns = [Turn(0.0, 5.0, "A"), Turn(4.0, 6.0, "B")]
    assert cluster_spans(turns, "A") == [(0.0, 4.0)]


def test_overlapped_speech_is_used_where_there_is_no_other() -> None:
    turns = [Turn(0.0, 5.0, "A"), Turn(2.0, 3.0, "B")]
    assert cluster_spans(turns, "B") == [(2.0, 3.0)]
