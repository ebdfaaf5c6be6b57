"""POST /v1/identifications."""

from typing import Any

from flask import Response

from api.authentication import current_caller, needs
from api.context import services
from api.submission import AudioInput, Submission
from api.v1 import examples
from api.v1.accepting import accept, accepts_job
from api.v1.audio import audio_body, audio_input
from api.v1.blueprint import SUBMISSION_ERRORS, V1Blueprint
from api.v1.fields import ALL
from api.v1.schemas import WISHES, IdentificationBody, IdentificationForm
from shared.domain import Dialect, JobKind, Scope
from shared.errors import EnrollmentIncomplete, SpeakerUnknown
from shared.queue import ASYNC
from shared.store.speakers import Speakers

identifications = V1Blueprint("identifications", "ask who speaks when")


@identifications.post("/identifications")
@audio_body(IdentificationBody, IdentificationForm, {"by url": examples.IDENTIFICATION})
@accepts_job(identifications, examples.ACCEPTED)
@identifications.fails_with(*SUBMISSION_ERRORS, SpeakerUnknown, EnrollmentIncomplete)
@needs(Scope.IDENTIFY)
def create_identification(body: dict[str, Any]) -> Response:
    """Ask who speaks when."""
    return accept(_submission(body, audio_input(body)))


def _submission(body: dict[str, Any], audio: AudioInput) -> Submission:
    parameters = {name: body[name] for name in WISHES if name in body} | body["matching"]
    return Submission(
        caller=current_caller(),
        kind=JobKind.IDENTIFY,
        queue=ASYNC,
        audio=audio,
        language="",
        parameters=parameters | {"speaker_ids": _speaker_ids(body["speakers"])},
        webhook_url=body["webhook"],
        asked=parameters | {"speaker_ids": body["speakers"]},
        dialect=Dialect.V1,
        metadata=body["metadata"],
    )


def _speaker_ids(wanted: list[str] | str) -> list[str]:
    if wanted != ALL:
        return list(wanted)
    complete_seconds = services().settings.enroll_complete_seconds
    with services().store.reading() as session:
        found = Speakers(session, current_caller().tenant_id, complete_seconds).summaries()
    return [speaker.speaker_id for speaker in found if speaker.enrollment_complete]
