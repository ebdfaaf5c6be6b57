"""Enrol, read, list and delete speakers."""

from typing import Any

from marshmallow import fields
from sqlalchemy.orm import Session

from api.authentication import current_caller, needs
from api.consent import with_consent
from api.context import services, submissions
from api.deepaffects import examples
from api.deepaffects.answers import Done, Enrolled, EnrollmentState, SpeakerList
from api.deepaffects.blueprint import BODY_ERRORS, JOB_ERRORS, PREFIX, SUBMISSION_ERRORS, dialect
from api.deepaffects.identification import audio_input
from api.deepaffects.schemas import EnrollBody, LenientSchema, ListQuery, SpeakerBody, SubmitQuery
from api.submission import Submission
from shared.domain import JobKind, Scope
from shared.erasure import erase
from shared.errors import (
    AudioClipped,
    AudioTooQuiet,
    ConsentRequired,
    InsufficientSpeech,
    SeveralVoices,
    SpeakerNotFound,
)
from shared.queue import ENROLL
from shared.store.speakers import Speakers
from shared.wire.deepaffects import response_body, speaker_body

VOICE_ERRORS = (InsufficientSpeech, SeveralVoices, AudioClipped, AudioTooQuiet)
TO_SPEAKER = {
    "read": {
        "operationId": "deepaffectsReadSpeakerV2",
        "parameters": {"speakerId": "$response.body#/speaker_id"},
        "description": "How far the enrolment is by now.",
    },
    "delete": {
        "operationId": "deepaffectsDeleteSpeakerV1",
        "requestBody": {"speakerId": "$response.body#/speaker_id"},
        "description": "Erase the speaker.",
    },
}


class EraseQuery(LenientSchema):
    """What else goes with a speaker."""

    results = fields.Boolean(
        load_default=False,
        error_messages={"invalid": "must be True or False."},
        metadata={"description": "Take his name out of results and webhooks that are kept, too."},
    )


@dialect.post(f"{PREFIX}/v2/sync/diarization/enroll")
@dialect.arguments(EnrollBody, example=examples.ENROLL)
@dialect.arguments(SubmitQuery, location="query")
@dialect.answers(200, Enrolled, "The sample was added.", example=examples.ENROLLED, links=TO_SPEAKER)
@dialect.submits
@dialect.fails_with(*SUBMISSION_ERRORS, *JOB_ERRORS, *VOICE_ERRORS, ConsentRequired)
@needs(Scope.ENROLL)
def enroll(body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Add a sample to a speaker, who is made if he is new."""
    submission = Submission(
        caller=current_caller(),
        kind=JobKind.ENROLL,
        queue=ENROLL,
        audio=audio_input(body),
        language=body["languageCode"],
        parameters=with_consent({"speaker_id": body["speakerId"]}, body["consent"]),
        request_id=query["request_id"],
    )
    return response_body(JobKind.ENROLL, submissions().ask(submission))


@dialect.get(f"{PREFIX}/v2/sync/diarization/enroll")
@dialect.arguments(SpeakerBody, location="query")
@dialect.answers(200, EnrollmentState, "The speaker's enrolment.", example=examples.STATE)
@dialect.fails_with(SpeakerNotFound)
def read_speaker(query: dict[str, Any]) -> dict[str, Any]:
    """How far a speaker's enrolment is."""
    with services().store.reading() as session:
        found = _speakers(session).summaries([query["speakerId"]])
    if not found:
        raise _not_found(query["speakerId"])
    return speaker_body(found[0])


@dialect.get(f"{PREFIX}/v1/sync/diarization/get_enrolled_speakers")
@dialect.arguments(ListQuery, location="query")
@dialect.answers(200, SpeakerList, "The speakers by id.", example=examples.SPEAKERS)
@dialect.fails_with()
def list_speakers(query: dict[str, Any]) -> dict[str, Any]:
    """The tenant's speakers; those not completely enrolled only if asked for."""
    with services().store.reading() as session:
        found = _speakers(session).summaries()
    listed = [speaker for speaker in found if speaker.enrollment_complete or query["getAllSpeakers"]]
    return {
        "developer_id": current_caller().tenant_id,
        "enrolled_speaker_ids": [speaker_body(speaker) for speaker in listed],
    }


@dialect.post(f"{PREFIX}/v1/sync/diarization/delete")
@dialect.arguments(SpeakerBody, example=examples.DELETE)
@dialect.arguments(EraseQuery, location="query")
@dialect.answers(200, Done, "The speaker is erased.", example=examples.DONE)
@dialect.fails_with(*BODY_ERRORS, SpeakerNotFound)
@needs(Scope.ENROLL)
def delete_speaker(body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Erase a speaker with all samples and voiceprints; on demand, his name from earlier results, too."""
    if erase(services(), current_caller().tenant_id, body["speakerId"], results=query["results"]) is None:
        raise _not_found(body["speakerId"])
    return {"message": "Success"}


def _speakers(session: Session) -> Speakers:
    return Speakers(session, current_caller().tenant_id, services().settings.enroll_complete_seconds)


def _not_found(speaker_id: str) -> SpeakerNotFound:
    return SpeakerNotFound(
        f"speakerId {speaker_id!r} is not enrolled; get_enrolled_speakers lists those who are.",
        field="speakerId",
    )
