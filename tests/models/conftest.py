"""The embedded pack, its networks, and the conversation that pyannote.audio brings along."""

import wave
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from worker.diarization.turns import Turn
from worker.models.embedded_pack import build
from worker.models.pack import ModelPack
from worker.voiceprints.scoring import Scorer

if TYPE_CHECKING:
    import torch

    from worker.diarization.diarizer import Diarizer
    from worker.models.embedder import Embedder
    from worker.models.learned import Learned

RATE = 16_000
PACK_FOLDER = Path(__file__).parents[2] / ".models" / "embedded"


@pytest.fixture(scope="session")
def pack() -> ModelPack:
    return build(PACK_FOLDER)


@pytest.fixture(scope="session")
def device() -> "torch.device":
    from worker.models.runtime import prepare_torch

    return prepare_torch(0)


@pytest.fixture(scope="session")
def learned(pack: ModelPack, device: "torch.device") -> "Learned":
    from worker.models.learned import load_learned

    return load_learned(pack.learned)


@pytest.fixture(scope="session")
def diarizer(pack: ModelPack, learned: "Learned", device: "torch.device") -> "Diarizer":
    from worker.diarization.diarizer import Diarizer
    from worker.diarization.listening import load_ears

    return Diarizer(load_ears(pack, learned, device))


@pytest.fixture(scope="session")
def embedder(diarizer: "Diarizer") -> "Embedder":
    return diarizer.ears.embedder


@pytest.fixture(scope="session")
def scorer(learned: "Learned") -> Scorer:
    return Scorer(learned.space, learned.cohort)


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """Found without importing pyannote.audio, which must wait for `prepare_torch`."""
    spec = find_spec("pyannote.audio")
    assert spec
    assert spec.origin
    return Path(spec.origin).parent / "sample"


@pytest.fixture(scope="session")
def conversation(sample_folder: Path) -> NDArray[np.float32]:
    """Thirty seconds of two people on the telephone."""
    with wave.open(str(sample_folder / "sample.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return (np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768).astype(np.float32)


@pytest.fixture(scope="session")
def reference(sample_folder: Path) -> list[Turn]:
    """Who really speaks when in the conversation."""
    rows = [line.split() for line in (sample_folder / "sample.rttm").read_text().splitlines()]
    return [Turn(float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows]


@pytest.fixture(scope="session")
def voice_of(
    conversation: NDArray[np.float32], reference: list[Turn]
) -> Callable[[str, int], NDArray[np.float32]]:
    """What a speaker says alone: ``half`` 0 or 1 of it."""
    from worker.diarization.turns import solo_spans

    def cut(speaker: str, half: int) -> NDArray[np.float32]:
        spans = [span for span in solo_spans(reference, speaker) if span[1] - span[0] > 0.5]
        speech = np.concatenate([conversation[int(a * RATE) : int(b * RATE)] for a, b in spans])
        return speech[: len(speech) // 2] if half == 0 else speech[len(speech) // 2 :]

    return cut
