"""What is done to speakers after jobs have named them: rematching, renaming and merging."""

from typing import Any

from flask import Response

from api import corrections
from api.authentication import current_caller, needs
from api.context import services
from api.corrections import WantedJobs
from api.v1 import correction_examples as shown_as
from api.v1 import correction_schemas as shapes
from api.v1.accepting import HEADERS
from api.v1.blueprint import BODY_ERRORS, V1Blueprint
from api.v1.changed import answers_change, told
from api.v1.speaker_ids import require_usable
from shared import errors
from shared.domain import Scope

speaker_changes = V1Blueprint("speaker_changes", "speakers who are compared again, renamed and merged")

PREFER = [one for one in HEADERS if one["name"] == "Prefer"]


@speaker_changes.post("/speakers/<speaker_id>/rematch", parameters=PREFER)
@speaker_changes.arguments(shapes.RematchBody, example=shown_as.REMATCH)
@answers_change(speaker_changes, "They are compared.", shown_as.REMATCHED, waits=True)
@speaker_changes.fails_with(*BODY_ERRORS, errors.SpeakerNotFound)
@needs(Scope.ENROLL)
def rematch_speaker(body: dict[str, Any], speaker_id: str) -> Response:
    """Compare the strangers of earlier jobs with the speaker again, without audio.

    Whoever would be named today, by his job's own terms, gets the name.
    """
    job_ids = body["job_ids"]
    wanted = WantedJobs(body["since"], None if job_ids is None else tuple(sorted(set(job_ids))))
    return told(corrections.ask_rematch(services(), current_caller().tenant_id, speaker_id, wanted))


@speaker_changes.post("/speakers/<speaker_id>/rename")
@speaker_changes.arguments(shapes.OtherSpeakerBody, example=shown_as.OTHER_SPEAKER)
@answers_change(speaker_changes, "He is called otherwise.", shown_as.RENAMED)
@speaker_changes.fails_with(*BODY_ERRORS, errors.SpeakerNotFound, errors.SpeakerExists, errors.SpeakerBusy)
@needs(Scope.ENROLL)
def rename_speaker(body: dict[str, Any], speaker_id: str) -> Response:
    """Give the speaker another id, also in results and requests."""
    require_usable(body["speaker"], field="speaker")
    tenant_id = current_caller().tenant_id
    return told(corrections.rename(services(), tenant_id, speaker_id, body["speaker"]))


@speaker_changes.post("/speakers/<speaker_id>/merge")
@speaker_changes.arguments(shapes.OtherSpeakerBody, example=shown_as.OTHER_SPEAKER)
@answers_change(speaker_changes, "They are one.", shown_as.MERGED)
@speaker_changes.fails_with(*BODY_ERRORS, errors.SpeakerNotFound, errors.SpeakerBusy)
@needs(Scope.ENROLL)
def merge_speakers(body: dict[str, Any], speaker_id: str) -> Response:
    """Make one speaker of two: the other's samples become this one's, and results that named the other name
    this one."""
    tenant_id = current_caller().tenant_id
    return told(corrections.merge(services(), tenant_id, speaker_id, body["speaker"]))
