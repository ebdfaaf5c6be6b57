"""Which recordings a voice is enrolled from, and which are refused."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain import Line
from shared.errors import AudioClipped, AudioTooQuiet, InsufficientSpeech, SeveralVoices
from worker.engine import Engine
from worker.enrollment import VoiceSample, measure_voice

if TYPE_CHECKING:
    from worker.diarization.diarizer import Diarizer
    from worker.models.learned import Learned
    from worker.models.pack import ModelPack
    from worker.voiceprints.scoring import Scorer

RATE = 16_000
REJECT_SECONDS = 6.0
Samples = NDArray[np.float32]
SPEAKERS = ["speaker90", "speaker91"]


@pytest.fixture(scope="module")
def engine(pack: "ModelPack", diarizer: "Diarizer", scorer: "Scorer", learned: "Learned") -> Engine:
    return Engine(pack.model_id, diarizer, scorer, learned.calibration)


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


def test_a_sample_from_a_telephone_has_the_telephones_exemplar(enrolled: VoiceSample) -> None:
    known = {line for line, row in zip(Line, enrolled.exemplars, strict=True) if not np.isnan(row).any()}
    assert known == {Line.TELEPHONE}


def test_a_sample_with_treble_has_an_exemplar_of_each_line(
    engine: Engine, voices: dict[str, Samples]
) -> None:
    hiss = np.random.default_rng(0).normal(0, 3e-4, voices["speaker91"].size).astype(np.float32)
    sample = measure_voice(engine, voices["speaker91"] + np.diff(hiss, prepend=0), REJECT_SECONDS)
    assert not np.isnan(sample.exemplars).any()


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
