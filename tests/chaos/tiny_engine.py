"""A stand-in for the models: it needs milliseconds and no torch, and keeps the promises of the real ones.

Half of a recording is one voice's, half another's. ``tests/models/test_diarizing.py`` holds it and the real
diarizer to the same promises.
"""

import os
import signal
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.settings import Settings
from worker.diarization.anchors import Anchors
from worker.diarization.clustering import Wishes
from worker.diarization.heard import OnProgress
from worker.diarization.protocol import Diarizing
from worker.diarization.turns import Span, Turn
from worker.diarization.voices import Diarization, VoiceHeard
from worker.engine import Engine
from worker.voiceprints.calibration import Calibration
from worker.voiceprints.scoring import Scorer
from worker.voiceprints.space import VoiceSpace, windows_of

Samples = NDArray[np.floating[Any]]

RATE: Final = 16_000
DIMENSIONS: Final = 4
LEAST_LEVEL: Final = 0.01
WORK_SECONDS_VARIABLE: Final = "TINY_WORK_SECONDS"
POISON_LOG_VARIABLE: Final = "TINY_POISON_LOG"
POISON_LEVEL: Final = 0.5
"""A recording that is nothing but this value kills whoever listens to it."""


class TinyDiarizer(Diarizing):
    """Hears that there is sound, and nothing more."""

    def __init__(self, work_seconds: float, poison_log: Path | None) -> None:
        self._work_seconds = work_seconds
        self._poison_log = poison_log

    def hear(self, samples: Samples, on_progress: OnProgress | None = None) -> Any:
        """The samples themselves. A poisonous recording ends the process."""
        samples = np.asarray(samples, np.float32)
        if self._poison_log and samples.size > RATE and np.ptp(samples) == 0 and samples[0] == POISON_LEVEL:
            with self._poison_log.open("a") as log:
                log.write(f"{os.getpid()}\n")
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(self._work_seconds)
        if on_progress:
            on_progress("listening", 1.0)
        return samples

    def spoken(self, heard: Any) -> list[Span]:
        """All of it, if it is loud enough."""
        loud = heard.size > 1 and np.abs(heard).max() >= LEAST_LEVEL
        return [(0.0, heard.size / RATE)] if loud else []

    def assemble(
        self,
        heard: Any,
        samples: Samples,  # noqa: ARG002
        wishes: Wishes,
        anchors: Anchors | None = None,  # noqa: ARG002
    ) -> Diarization:
        """One turn of each half."""
        if not self.spoken(heard):
            return Diarization([], {}, np.zeros((0, 0), np.float32))
        halves = [heard] if wishes.most == 1 or heard.size < 2 * RATE else np.array_split(heard, 2)
        turns, voices, start = [], {}, 0
        for place, half in enumerate(halves):
            cluster = f"voice{place}"
            turns.append(Turn(start / RATE, (start + half.size) / RATE, cluster))
            voices[cluster] = VoiceHeard(self.embed(half).mean(0), windows_of(half.size / RATE))
            start += half.size
        return Diarization(turns, voices, np.array([voices[turn.cluster].point for turn in turns]))

    def second_voice_share(self, heard: Any) -> float | None:
        """One half is nobody's second voice: enrolments have one speaker."""
        return 0.0 if self.spoken(heard) else None

    def embed(self, speech: Samples) -> NDArray[np.float32]:
        """One point (1, num_dimensions): how loud and how high it is, on the whole."""
        speech = np.asarray(speech, np.float32)
        crossings = float(np.mean(np.diff(np.signbit(speech)) != 0)) if speech.size > 1 else 0.0
        return np.array([[np.abs(speech).mean(), speech.std(), crossings, 1.0]], np.float32)


def load_tiny_engine(_: Settings) -> Engine:
    """The stand-in, told by the environment how long a recording takes it."""
    log = os.environ.get(POISON_LOG_VARIABLE)
    diarizer = TinyDiarizer(float(os.environ.get(WORK_SECONDS_VARIABLE, "0.02")), Path(log) if log else None)
    one = np.ones(DIMENSIONS, np.float32)
    space = VoiceSpace(0 * one, np.eye(DIMENSIONS, dtype=np.float32), one, 0.1 * one, 0.1 * one)
    return Engine("tiny@1", diarizer, Scorer(space, cohort=None), Calibration.of_ratios())
