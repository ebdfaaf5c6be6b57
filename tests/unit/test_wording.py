"""Failed jobs name what their caller sent."""

import pytest

from shared.domain import AUDIO_FIELD, Dialect
from shared.errors import AudioEmpty, AudioUnreadable, InsufficientSpeech, InternalError, InvalidField
from shared.store.schema import Job
from worker.wording import in_callers_words

UNREADABLE = AudioUnreadable("content is text, not audio.", field="content")
RATE = InvalidField("sampleRate must be from 4000 to 192000 Hz.", field="sampleRate")


def job(dialect: Dialect = Dialect.V1, sealed_url: bytes | None = None, **parameters: str) -> Job:
    return Job(dialect=dialect, sealed_audio_url=sealed_url, parameters=parameters)


@pytest.mark.parametrize("field", ["file", "content"])
def test_audio_that_was_sent_is_named_by_its_field(field: str) -> None:
    told = in_callers_words(UNREADABLE, job(**{AUDIO_FIELD: field}))
    assert (told.field, told.message) == (field, f"{field} is text, not audio.")


def test_audio_that_was_fetched_is_named_by_its_url() -> None:
    told = in_callers_words(UNREADABLE, job(sealed_url=b"sealed"))
    assert (told.field, told.message) == ("url", "url is text, not audio.")


def test_a_job_that_does_not_say_how_its_audio_came_is_of_content() -> None:
    assert in_callers_words(UNREADABLE, job()).field == "content"


def test_the_error_stays_of_its_kind() -> None:
    empty = AudioEmpty("content has no bytes: send the recording itself.", field="content")
    assert type(in_callers_words(empty, job(**{AUDIO_FIELD: "file"}))) is AudioEmpty


def test_speech_content_is_no_field() -> None:
    short = InsufficientSpeech(
        "Insufficient speech content in audio: content has 2.4 s of speech.", field="content"
    )
    told = in_callers_words(short, job(**{AUDIO_FIELD: "file"}))
    assert told.message == "Insufficient speech content in audio: file has 2.4 s of speech."


@pytest.mark.parametrize(
    ("dialect", "field"), [(Dialect.V1, "sample_rate"), (Dialect.DEEPAFFECTS, "sampleRate")]
)
def test_the_rate_is_called_as_in_its_dialect(dialect: Dialect, field: str) -> None:
    told = in_callers_words(RATE, job(dialect))
    assert (told.field, told.message) == (field, f"{field} must be from 4000 to 192000 Hz.")


def test_an_error_of_no_field_is_told_as_it_is() -> None:
    error = InternalError("The job failed.")
    assert in_callers_words(error, job()) is error
