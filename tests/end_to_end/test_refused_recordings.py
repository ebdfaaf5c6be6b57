"""Recordings that only a worker can tell to be of no use: what is said of them in either dialect."""

import io
from collections.abc import Callable

import numpy as np
import pytest
from pydub import AudioSegment

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from tests.end_to_end.conftest import NAMES, Caller
from tests.end_to_end.provoking import provokes
from tests.end_to_end.v1 import V1, WAITING, encoded, samples_of

ENROLL = "/v2/sync/diarization/enroll"
UNREACHABLE = "http://127.0.0.1:1/a.wav"
FULL_SCALE = 32767
Changed = Callable[[np.ndarray], np.ndarray]


def far_too_quiet(samples: np.ndarray) -> np.ndarray:
    """At −68 dBFS, in steps of 16 bits."""
    return np.round(samples / samples.std() * FULL_SCALE * 10 ** (-68 / 20))


def clipped(samples: np.ndarray) -> np.ndarray:
    """Twenty times as loud as the recording's format holds."""
    return np.clip(samples * 20, -FULL_SCALE, FULL_SCALE)


def too_long(samples: np.ndarray) -> np.ndarray:
    """Longer than the two minutes that this service takes."""
    return np.resize(samples, 121 * 16_000)


@pytest.fixture(scope="module")
def recordings(conversation: Conversation, voices: dict[str, bytes]) -> dict[str, bytes]:
    """By the code of what is wrong with them."""
    voice = AudioSegment.from_wav(io.BytesIO(voices[NAMES[1]]))

    def with_samples(change: Changed) -> bytes:
        samples = change(np.array(voice.get_array_of_samples(), dtype=float)).astype("<i2")
        buffer = io.BytesIO()
        voice._spawn(samples.tobytes()).export(buffer, format="wav")
        return buffer.getvalue()

    return {
        "several_voices": conversation.audio.read_bytes(),
        "audio_too_quiet": with_samples(far_too_quiet),
        "audio_clipped": with_samples(clipped),
        "audio_too_long": with_samples(too_long),
    }


CODES = ["several_voices", "audio_too_quiet", "audio_clipped", "audio_too_long"]


@pytest.mark.parametrize("code", [pytest.param(code, marks=provokes(code, dialect=1)) for code in CODES])
def test_a_recording_that_no_voice_can_be_taken_from_is_refused(
    call: Caller, recordings: dict[str, bytes], code: str
) -> None:
    response = call.post(ENROLL, {"speakerId": "refused", "content": encoded(recordings[code])})
    assert response.status_code == 400, response.text


@pytest.mark.parametrize("code", [pytest.param(code, marks=provokes(code, dialect=2)) for code in CODES])
def test_the_job_of_a_recording_that_no_voice_can_be_taken_from_fails(
    stack: BackgroundStack, recordings: dict[str, bytes], code: str
) -> None:
    own = V1(stack, stack.api_key)
    job = own.post(samples_of("refused"), WAITING, files={"file": recordings[code]}).json()
    assert job["error"]["code"] == code, job


@pytest.mark.parametrize("code", CODES)
def test_the_error_of_a_recording_that_was_sent_as_a_file_names_that(
    stack: BackgroundStack, recordings: dict[str, bytes], code: str
) -> None:
    own = V1(stack, stack.api_key)
    error = own.post(samples_of("refused"), WAITING, files={"file": recordings[code]}).json()["error"]
    assert (error["field"], "file" in error["message"], "content" in error["message"]) == (
        "file",
        True,
        False,
    )


@provokes("audio_unreachable", dialect=2)
def test_the_job_of_a_url_that_nobody_answers_fails(stack: BackgroundStack) -> None:
    own = V1(stack, stack.api_key)
    job = own.post(samples_of("refused"), WAITING, json={"url": UNREACHABLE}).json()
    assert job["error"]["code"] == "audio_unreachable", job
