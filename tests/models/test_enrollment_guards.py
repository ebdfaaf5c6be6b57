"""Which recordings a voice is enrolled from, and which are refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.errors import AudioClipped, AudioTooQuiet, InsufficientSpeech, SeveralVoices
from worker.engine import Engine
from worker.enrollment import VoiceSample, measure_voice
from worker.voiceprints.embedding import embed_speech
from worker.voiceprints.windows import WINDOW_SAMPLES, embed_windows

if TYPE_CHECKING:
    import torch

    from worker.diarization.diarizer import Diarizer
    from worker.models.embedder import Embedder
    from worker.models.pack import ModelPack

RATE = 16_000
REJECT_SECONDS = 6.0
Samples = NDArray[np.float32]
SPEAKERS = ["speaker90", "speaker91"]


@pytest.fixture(scope="module")
def engine(pack: "ModelPack", diarizer: "Diarizer", device: "torch.device") -> Engine:
    from worker.diarization.speech import SpeechDetector

    detector = SpeechDetector(diarizer.segmentation, pack.manifest.speech, device)
    return Engine(pack.model_id, diarizer, detector, diarizer.embedder)


@pytest.fixture(scope="module")
def voices(voice_of: Callable[[str, int], Samples]) -> dict[str, Samples]:
    """All that each of the two says alone."""
    return {name: np.concatenate([voice_of(name, 0), voice_of(name, 1)]) for name in SPEAKERS}


@pytest.fixture(scope="module")
def enrolled(engine: Engine, voices: dict[str, Samples]) -> VoiceSample:
    return measure_voice(engine, voices["speaker91"], REJECT_SECONDS)


def at_level(samples: Samples, level_dbfs: float) -> Samples:
    """In steps of 16 bits, as it would be recorded."""
    scaled = samples * 10 ** (level_dbfs / 20) / samples.std()
    return (np.round(scaled * 32768) / 32768).astype(np.float32)


def test_the_first_speaker_alone_is_enrolled(engine: Engine, voices: dict[str, Samples]) -> None:
    measure_voice(engine, voices["speaker90"], REJECT_SECONDS)


def test_a_sample_has_the_networks_vector(enrolled: VoiceSample, engine: Engine) -> None:
    assert enrolled.vector.shape == (engine.embedder.dimension,)


def test_a_sample_carries_what_was_measured(enrolled: VoiceSample, voices: dict[str, Samples]) -> None:
    assert enrolled.quality.audio_seconds == voices["speaker91"].size / RATE


def test_a_telephone_recording_has_a_fair_signal_to_noise_ratio(enrolled: VoiceSample) -> None:
    assert enrolled.quality.snr_db > 15


def test_quiet_speech_is_enrolled(engine: Engine, voices: dict[str, Samples]) -> None:
    measure_voice(engine, at_level(voices["speaker91"], -50), REJECT_SECONDS)


def test_far_too_quiet_speech_is_refused(engine: Engine, voices: dict[str, Samples]) -> None:
    with pytest.raises(AudioTooQuiet, match=r"-\d\d dBFS"):
        measure_voice(engine, at_level(voices["speaker91"], -68), REJECT_SECONDS)


def test_clipped_speech_is_refused(engine: Engine, voices: dict[str, Samples]) -> None:
    clipped = np.clip(at_level(voices["speaker91"], -6), -1, 1) * 0.5
    clipped = np.clip(clipped, -0.2, 0.2)
    with pytest.raises(AudioClipped, match="%"):
        measure_voice(engine, clipped, REJECT_SECONDS)


def test_too_little_speech_is_refused_with_what_is_missing(
    engine: Engine, voices: dict[str, Samples]
) -> None:
    with pytest.raises(InsufficientSpeech, match=r"has [23]\.\d s of speech, [23]\.\d s more"):
        measure_voice(engine, voices["speaker91"][: 3 * RATE], REJECT_SECONDS)


@pytest.mark.parametrize("num_samples", [1, 12 * RATE])
def test_silence_is_too_little_speech(engine: Engine, num_samples: int) -> None:
    with pytest.raises(InsufficientSpeech, match=r"has 0\.0 s"):
        measure_voice(engine, np.zeros(num_samples, np.float32), REJECT_SECONDS)


def test_no_speech_is_refused_also_where_none_is_asked_for(engine: Engine) -> None:
    with pytest.raises(InsufficientSpeech):
        measure_voice(engine, np.zeros(RATE, np.float32), 0.0)


def test_two_voices_one_after_the_other_are_refused(engine: Engine, voices: dict[str, Samples]) -> None:
    with pytest.raises(SeveralVoices, match="one person"):
        measure_voice(engine, np.concatenate(list(voices.values())), REJECT_SECONDS)


def test_a_conversation_is_refused(engine: Engine, conversation: Samples) -> None:
    with pytest.raises(SeveralVoices):
        measure_voice(engine, conversation, REJECT_SECONDS)


def test_a_window_is_embedded_as_if_it_were_alone(embedder: "Embedder", voices: dict[str, Samples]) -> None:
    voice = voices["speaker91"]
    windows = embed_windows(embedder, voice, [(0.0, 5.0)])
    alone = embed_speech(embedder, voice, [(0.0, WINDOW_SAMPLES / RATE)])
    assert windows[0] == pytest.approx(alone, abs=1e-5)


def test_windows_overlap_by_half(embedder: "Embedder", voices: dict[str, Samples]) -> None:
    assert len(embed_windows(embedder, voices["speaker91"], [(0.0, 3 * WINDOW_SAMPLES / RATE)])) == 5


def test_speech_shorter_than_a_window_has_none(embedder: "Embedder", voices: dict[str, Samples]) -> None:
    assert embed_windows(embedder, voices["speaker91"], [(0.0, 1.0)]).shape == (0, 0)
