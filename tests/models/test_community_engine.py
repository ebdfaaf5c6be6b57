"""A worker whose model pack has community-1's layout, here with random networks, names voices too."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain import Line
from shared.errors import InsufficientSpeech
from shared.settings import Settings
from tests.models.random_community import LDA_DIMENSION, RATE, write_community
from worker.diarization.clustering import Wishes
from worker.engine import Engine, load_engine
from worker.enrollment import measure_voice
from worker.models.pack import ModelPackError
from worker.voiceprints.matching import Decision
from worker.voiceprints.voiceprint import Voiceprint

if TYPE_CHECKING:
    import torch

    from worker.recognition import Recognition

Samples = NDArray[np.float32]


@pytest.fixture(scope="module")
def samples(conversation: Samples) -> Samples:
    return conversation[5 * RATE : 17 * RATE]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, samples: Samples, device: "torch.device") -> Engine:
    folder = write_community(tmp_path_factory.mktemp("packs") / "mine", samples)
    return load_engine(Settings(model_pack=str(folder)))


def recognise(engine: Engine, samples: Samples, *voiceprints: Voiceprint) -> "Recognition":
    from worker.recognition import recognise

    return recognise(
        engine,
        samples,
        voiceprints,
        Decision(0.01),
        wishes=Wishes(),
        exclusive=False,
        on_progress=lambda *_: None,
    )


@pytest.fixture(scope="module")
def unnamed(engine: Engine, samples: Samples) -> "Recognition":
    return recognise(engine, samples)


def voiceprint_of(found: "Recognition", cluster: str) -> Voiceprint:
    """Of a voice as it was heard."""
    point = found.diarization.voices[cluster].point
    return Voiceprint("ann", np.tile(point, (len(Line), 1)), 8)


def test_the_model_is_named_by_what_makes_its_voiceprints(engine: Engine) -> None:
    assert engine.model_id.startswith("community-1@")


def test_without_voiceprints_nobody_is_named(unnamed: "Recognition") -> None:
    assert unnamed.matches
    assert all(match.speaker_id is None for match in unnamed.matches.values())


def test_a_voice_is_nearest_to_its_own_voiceprint(
    engine: Engine, samples: Samples, unnamed: "Recognition"
) -> None:
    longest = max(unnamed.diarization.voices, key=lambda one: unnamed.diarization.voices[one].windows)
    found = recognise(engine, samples, voiceprint_of(unnamed, longest))
    scores = {cluster: match.score for cluster, match in found.matches.items() if match.score is not None}
    assert max(scores, key=scores.__getitem__) == longest


def test_where_anybody_speaks_is_where_the_turns_are(
    engine: Engine, samples: Samples, unnamed: "Recognition"
) -> None:
    spoken = engine.diarizer.spoken(engine.diarizer.hear(samples))
    assert [round(start, 2) for start, _ in spoken] == [
        round(start, 2) for start, _ in unnamed.diarization.speech
    ]


def test_speech_becomes_exemplars_of_its_space(engine: Engine, samples: Samples) -> None:
    assert engine.diarizer.embed(samples).shape[1] == LDA_DIMENSION


def test_silence_is_refused_at_enrolment(engine: Engine) -> None:
    with pytest.raises(InsufficientSpeech):
        measure_voice(engine, np.zeros(5 * RATE, np.float32), 6)


def test_a_folder_without_its_files_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("pipeline: {}")
    with pytest.raises(ModelPackError, match=r"lacks .*plda/plda\.npz"):
        load_engine(Settings(model_pack=str(tmp_path)))
