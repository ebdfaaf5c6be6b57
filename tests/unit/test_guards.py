"""Why a recording is refused, and in which words."""

from dataclasses import replace

import pytest

from shared.errors import AudioClipped, AudioTooQuiet, BadRequest, InsufficientSpeech, SeveralVoices
from worker.voiceprints.guards import check_one_voice, check_quality
from worker.voiceprints.quality import SampleQuality

GOOD = SampleQuality(12.0, 10.0, -25.0, 0.0001, 40.0)
BAD = {
    InsufficientSpeech: replace(GOOD, speech_seconds=3.5),
    AudioTooQuiet: replace(GOOD, level_dbfs=-71.0),
    AudioClipped: replace(GOOD, clipped_share=0.082),
}


def refusal(quality: SampleQuality) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        check_quality(quality, 6.0)
    return caught.value


def test_a_good_recording_is_not_refused() -> None:
    check_quality(GOOD, 6.0)


@pytest.mark.parametrize("kind", BAD)
def test_each_fault_has_its_error(kind: type[BadRequest]) -> None:
    assert type(refusal(BAD[kind])) is kind


@pytest.mark.parametrize("kind", BAD)
def test_a_refusal_names_the_field(kind: type[BadRequest]) -> None:
    assert refusal(BAD[kind]).field == "content"


@pytest.mark.parametrize(
    ("kind", "measure"), [(InsufficientSpeech, "3.5 s"), (AudioTooQuiet, "-71"), (AudioClipped, "8.2%")]
)
def test_a_refusal_tells_what_was_measured(kind: type[BadRequest], measure: str) -> None:
    assert measure in refusal(BAD[kind]).message


def test_too_little_speech_says_how_much_more_is_needed() -> None:
    assert "2.5 s more" in refusal(BAD[InsufficientSpeech]).message


def test_speech_that_is_hard_to_find_because_it_is_quiet_is_called_quiet() -> None:
    assert type(refusal(replace(GOOD, level_dbfs=-71.0, speech_seconds=0.5))) is AudioTooQuiet


def test_no_speech_is_not_called_quiet() -> None:
    nothing = replace(GOOD, level_dbfs=-120.0, speech_seconds=0.0)
    assert type(refusal(nothing)) is InsufficientSpeech


def test_two_voices_are_refused_with_the_smaller_ones_share() -> None:
    with pytest.raises(SeveralVoices, match="41%"):
        check_one_voice(0.41)


def test_a_recording_without_a_second_voice_is_not_refused() -> None:
    check_one_voice(None)
