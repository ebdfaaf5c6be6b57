"""The engine in this process: what worker/identification.py does between decoding and storing."""

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.recordings import packaged_samples
from deploy.demo.conversation import own_turns, packaged_conversation
from shared.settings import Settings
from worker.diarization.clustering import Wishes
from worker.engine import Engine
from worker.recognition import Recognition, recognise
from worker.voiceprints.matching import Decision
from worker.voiceprints.space import windows_of
from worker.voiceprints.speech import speech_samples
from worker.voiceprints.voiceprint import Voiceprint, combine

Samples = NDArray[np.float32]
Answer = TypeVar("Answer")


def enrolled_voices(engine: Engine, settings: Settings) -> list[Voiceprint]:
    """The two voices of the packaged conversation, each enrolled from what it says alone."""
    from worker.enrollment import measure_voice

    reference, samples = packaged_conversation().reference, packaged_samples()
    voiceprints = []
    for name in sorted({segment.speaker_id for segment in reference}):
        spans = [(turn.start_seconds, turn.end_seconds) for turn in own_turns(reference, name)]
        sample = measure_voice(engine, speech_samples(samples, spans), settings.enroll_reject_seconds)
        windows = windows_of(sample.quality.speech_seconds)
        voiceprints.append(Voiceprint(name, combine([sample.exemplars], [windows]), windows))
    return voiceprints


def identify(
    engine: Engine, settings: Settings, voiceprints: Sequence[Voiceprint], samples: Samples
) -> Recognition:
    """Who speaks when in ``samples`` (num_samples,), 16 kHz."""
    decision = Decision(settings.match_target_false_accept, None, settings.match_margin)
    return recognise(
        engine,
        samples,
        voiceprints,
        decision,
        wishes=Wishes(),
        exclusive=False,
        on_progress=lambda *_: None,
    )


def timed(work: Callable[[], Answer], rounds: int) -> tuple[float, Answer]:
    """Seconds that ``work`` takes, the median of so many rounds, and its last answer."""
    durations = []
    for _ in range(rounds):
        started = time.perf_counter()
        answer = work()
        durations.append(time.perf_counter() - started)
    return median(durations), answer
