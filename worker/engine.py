"""The models of a worker process, loaded once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.logging import log
from shared.settings import Settings

if TYPE_CHECKING:
    from worker.diarization.diarizer import Diarizer
    from worker.diarization.speech import SpeechDetector
    from worker.models.embedder import Embedder


@dataclass(frozen=True)
class Engine:
    """What hears: who speaks when, where speech is, and what a voice is like."""

    model_id: str
    diarizer: Diarizer
    speech_detector: SpeechDetector
    embedder: Embedder


def load_engine(settings: Settings) -> Engine:
    """Load the model pack. Raises ModelPackError.

    torch and pyannote.audio are imported here and not before: that takes seconds and hundreds of
    megabytes, which delivery workers and the parent of a pool must not pay, and CUDA must not be
    touched before a fork.
    """
    started = time.perf_counter()
    from worker.models.runtime import prepare_torch

    device = prepare_torch(settings.torch_threads)
    from worker.diarization.diarizer import Diarizer
    from worker.diarization.speech import SpeechDetector
    from worker.models.pack import ModelPack

    pack = ModelPack.open(settings.pack_dir)
    diarizer = Diarizer(pack, device)
    detector = SpeechDetector(diarizer.segmentation, pack.manifest.speech, device)
    engine = Engine(pack.model_id, diarizer, detector, diarizer.embedder)
    log.info("models_loaded", pack=pack.model_id, seconds=round(time.perf_counter() - started, 1))
    return engine
