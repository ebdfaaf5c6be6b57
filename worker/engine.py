"""The models of a worker process, loaded once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.logging import log
from shared.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import torch

    from worker.diarization.protocol import Diarizing
    from worker.voiceprints.calibration import Calibration
    from worker.voiceprints.scoring import Scorer


@dataclass(frozen=True)
class Engine:
    """What hears who speaks when and what voices are like, and what tells whose they are."""

    model_id: str
    diarizer: Diarizing
    scorer: Scorer
    calibration: Calibration


def load_engine(settings: Settings) -> Engine:
    """Load the model pack, of whichever layout. Raises ModelPackError.

    torch and pyannote.audio are imported here and not before: that takes seconds and hundreds of
    megabytes, which delivery workers and the parent of a pool must not pay, and CUDA must not be
    touched before a fork.
    """
    started = time.perf_counter()
    from worker.models.runtime import prepare_torch

    device = prepare_torch(settings.torch_threads)
    from worker.models.community_pack import is_community

    load = _load_community if is_community(settings.pack_dir) else _load_embedded
    engine = load(settings.pack_dir, device)
    log.info("models_loaded", pack=engine.model_id, seconds=round(time.perf_counter() - started, 1))
    return engine


def _load_embedded(folder: Path, device: torch.device) -> Engine:
    from worker.diarization.diarizer import Diarizer
    from worker.diarization.listening import load_ears
    from worker.models.learned import load_learned
    from worker.models.pack import ModelPack
    from worker.voiceprints.scoring import Scorer

    pack = ModelPack.open(folder)
    learned = load_learned(pack.learned)
    scorer = Scorer(learned.space, learned.cohort)
    return Engine(pack.model_id, Diarizer(load_ears(pack, learned, device)), scorer, learned.calibration)


def _load_community(folder: Path, device: torch.device) -> Engine:
    from worker.diarization.community import load_community
    from worker.models.community_hub import fetch_community
    from worker.models.community_pack import NAME, CommunityPack
    from worker.voiceprints.calibration import Calibration
    from worker.voiceprints.scoring import Scorer

    if folder.name == NAME:
        # A folder of the operator's own is never written to.
        fetch_community(folder)
    diarizer = load_community(folder, device)
    scorer = Scorer(diarizer.ears.space(), cohort=None)
    return Engine(CommunityPack.open(folder).model_id, diarizer, scorer, Calibration.of_ratios())
