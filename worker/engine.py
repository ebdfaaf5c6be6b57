"""The models of a worker process, loaded once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.logging import log
from shared.settings import Settings

if TYPE_CHECKING:
    from worker.diarization.diarizer import Diarizer
    from worker.voiceprints.calibration import Calibration
    from worker.voiceprints.scoring import Scorer


@dataclass(frozen=True)
class Engine:
    """What hears who speaks when and what voices are like, and what tells whose they are."""

    model_id: str
    diarizer: Diarizer
    scorer: Scorer
    calibration: Calibration


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
    from worker.diarization.listening import load_ears
    from worker.models.learned import load_learned
    from worker.models.pack import ModelPack
    from worker.voiceprints.scoring import Scorer

    pack = ModelPack.open(settings.pack_dir)
    learned = load_learned(pack.learned)
    ears = load_ears(pack, learned, device)
    engine = Engine(pack.model_id, Diarizer(ears), Scorer(learned.space, learned.cohort), learned.calibration)
    log.info("models_loaded", pack=pack.model_id, seconds=round(time.perf_counter() - started, 1))
    return engine
