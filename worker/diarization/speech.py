"""When anybody speaks at all: what an enrolment is measured by."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pyannote.audio.pipelines import VoiceActivityDetection

from worker.audio.decoding import SAMPLE_RATE_HERTZ
from worker.diarization.turns import Span
from worker.models.pack import SpeechSpec


class SpeechDetector:
    """Voice activity detection with a segmentation network that is already loaded, on its device."""

    def __init__(self, segmentation: Any, spec: SpeechSpec, device: torch.device) -> None:
        self._pipeline = VoiceActivityDetection(segmentation=segmentation, batch_size=32)
        self._pipeline.instantiate(
            {
                "onset": spec.onset,
                "offset": spec.offset,
                "min_duration_on": spec.min_duration_on_seconds,
                "min_duration_off": spec.min_duration_off_seconds,
            }
        )
        self._pipeline.to(device)

    def speech_turns(self, samples: NDArray[np.float32]) -> list[Span]:
        """Spans of speech in ``samples`` (num_samples,), mono, 16 kHz: sorted, apart; empty in silence."""
        if not samples.any():
            return []
        speech = self._pipeline(
            {"waveform": torch.from_numpy(samples)[None], "sample_rate": SAMPLE_RATE_HERTZ}
        )
        duration_seconds = samples.size / SAMPLE_RATE_HERTZ
        spans = [(max(0.0, s.start), min(s.end, duration_seconds)) for s in speech.get_timeline().support()]
        return [(start, end) for start, end in spans if start < end]
