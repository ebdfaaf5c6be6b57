"""Speakers and their samples: list, read, erase; enrol by upload, url, content, or from an earlier job."""

from typing import Any

from flask import Response, jsonify
from sqlalchemy.orm import Session

from api.authentication import current_caller, needs
from api.consent import with_consent
from api.context import services
from api.submission import Submission
from api.v1 import enrolled, examples, resources
from api.v1.accepting import accept, accepts_job, idempotency_key
from api.v1.audio import audio_body, audio_input
from api.v1.blueprint import SUBMISSION_ERRORS, V1Blueprint
from api.v1.paging import PageQuery, page, read_cursor
from api.v1.references import enroll_by_reference
from api.v1.schemas import EraseQuery, SampleBody, SampleForm
from api.v1.speaker_ids import NEW_SPEAKER, require_usable
from shared.domain import Dialect, JobKind, Scope
from shared.erasure import erase
from shared.errors import ConsentRequired, InsufficientSpeech, SampleNotFound, SpeakerNotFound, VoicesNotKept
from shared.queue import ENROLL
from shared.store.listing import position
from shared.store.speakers import Speakers
from shared.wire import v1

speakers = V1Blueprint("speakers", "enrolled voices and their samples")

TO_SPEAKER = {
    name: {"operationId": name, "parameters": {"speaker_id": "$request.path.speaker_id"}}
    for name in ("readSpeaker", "deleteSpeaker", "listSamples")
}
TO_SAMPLE = {
    name: {
        "operationId": name,
        "parameters": {"speaker_id": "$request.path.speaker_id", "sample_id": "$response.body#/id"},
    }
    for name in ("readSample", "deleteSample")
}


@speakers.get("/speakers")
@speakers.arguments(PageQuery, location="query")
@speakers.answers(
    200, resources.page_of(enrolled.Speaker), "A page of speakers.", example=examples.page(examples.SPEAKER)
)
@speakers.fails_with()
def list_speakers(query: dict[str, Any]) -> Response:
    """The tenant's speakers by id."""
    after = read_cursor(query["cursor"])
    with services().store.reading() as session:
        found = _speakers(session).summaries(after=after[0] if after else None, limit=query["limit"] + 1)
    return page(found, query["limit"], lambda speaker: [speaker.speaker_id], v1.speaker_resource)


@speakers.get("/speakers/<speaker_id>")
@speakers.answers(200, enrolled.Speaker, "The speaker.", example=examples.SPEAKER)
@speakers.fails_with(SpeakerNotFound)
def read_speaker(speaker_id: str) -> Response:
    """A speaker in numbers."""
    with services().store.reading() as session:
        found = _speakers(session).summaries([speaker_id])
    if not found:
        raise _no_speaker(speaker_id)
    return jsonify(v1.speaker_resource(found[0]))


@speakers.delete("/speakers/<speaker_id>")
@speakers.arguments(EraseQuery, location="query")
@speakers.answers(200, enrolled.Erasure, "The speaker is erased.", example=examples.ERASURE)
@speakers.fails_with(SpeakerNotFound)
@needs(Scope.ENROLL)
def delete_speaker(query: dict[str, Any], speaker_id: str) -> Response:
    """Erase a speaker with all samples and voiceprints; on demand, his name from earlier results, too."""
    erased = erase(services(), current_caller().tenant_id, speaker_id, results=query["results"])
    if erased is None:
        raise _no_speaker(speaker_id)
    return jsonify(v1.erasure_resource(erased))


@speakers.get("/speakers/<speaker_id>/samples")
@speakers.arguments(PageQuery, location="query")
@speakers.answers(
    200, resources.page_of(enrolled.Sample), "A page of samples.", example=examples.page(examples.SAMPLE)
)
@speakers.fails_with(SpeakerNotFound)
def list_samples(query: dict[str, Any], speaker_id: str) -> Response:
    """A speaker's samples, newest first."""
    after = read_cursor(query["cursor"])
    with services().store.reading() as session:
        known = _speakers(session).summaries([speaker_id])
        found = _speakers(session).samples(speaker_id, after=after, limit=query["limit"] + 1)
    if not known:
        raise _no_speaker(speaker_id)
    return page(found, query["limit"], position, v1.sample_resource)


@speakers.post("/speakers/<speaker_id>/samples", parameters=[NEW_SPEAKER])
@audio_body(
    SampleBody,
    SampleForm,
    {
        "by url": examples.SAMPLE_BY_AUDIO,
        "by reference": examples.SAMPLE_BY_REFERENCE,
        "with consent": examples.SAMPLE_WITH_CONSENT,
    },
)
@accepts_job(speakers, examples.ACCEPTED_SAMPLE)
@speakers.answers(
    201,
    enrolled.Sample,
    "Added from an earlier job.",
    example=examples.SAMPLE,
    links=TO_SPEAKER | TO_SAMPLE,
)
@speakers.fails_with(*SUBMISSION_ERRORS, VoicesNotKept, InsufficientSpeech, ConsentRequired)
@needs(Scope.ENROLL)
def create_sample(body: dict[str, Any], speaker_id: str) -> Response:
    """Enrol one more sample of the speaker, who is made if he is new: from audio, or from an earlier job."""
    require_usable(speaker_id)
    if "job_id" in body:
        return _created_by_reference(speaker_id, body)
    return accept(
        Submission(
            caller=current_caller(),
            kind=JobKind.ENROLL,
            queue=ENROLL,
            audio=audio_input(body),
            language="",
            parameters=with_consent({"speaker_id": speaker_id}, body["consent"]),
            webhook_url=body["webhook"],
            dialect=Dialect.V1,
            metadata=body["metadata"],
        )
    )


@speakers.get("/speakers/<speaker_id>/samples/<sample_id>")
@speakers.answers(200, enrolled.Sample, "The sample.", example=examples.SAMPLE)
@speakers.fails_with(SampleNotFound)
def read_sample(speaker_id: str, sample_id: str) -> Response:
    """One sample."""
    with services().store.reading() as session:
        found = [sample for sample in _speakers(session).samples(speaker_id) if sample.id == sample_id]
    if not found:
        raise _no_sample(sample_id)
    return jsonify(v1.sample_resource(found[0]))


@speakers.delete("/speakers/<speaker_id>/samples/<sample_id>")
@speakers.answers(204, None, "The sample is erased.")
@speakers.fails_with(SampleNotFound)
@needs(Scope.ENROLL)
def delete_sample(speaker_id: str, sample_id: str) -> Response:
    """Erase a sample; the speaker's voiceprint is made of those that remain."""
    with services().store.writing() as session:
        speaker_key = _speakers(session).key_of(speaker_id)
        removed = _speakers(session).remove_sample(speaker_id, sample_id)
    if not removed or speaker_key is None:
        raise _no_sample(sample_id)
    services().queue.send_review(speaker_key)
    return Response(status=204)


def _created_by_reference(speaker_id: str, body: dict[str, Any]) -> Response:
    key = idempotency_key()
    sample = enroll_by_reference(services(), current_caller().tenant_id, speaker_id, body, key)
    services().queue.send_review(sample.speaker_key)
    response = jsonify(v1.sample_resource(sample))
    response.status_code = 201
    response.headers["Location"] = f"/v1/speakers/{speaker_id}/samples/{sample.id}"
    return response


def _speakers(session: Session) -> Speakers:
    return Speakers(session, current_caller().tenant_id, services().settings.enroll_complete_seconds)


def _no_speaker(speaker_id: str) -> SpeakerNotFound:
    return SpeakerNotFound(f"There is no speaker {speaker_id!r}; GET /v1/speakers lists those there are.")


def _no_sample(sample_id: str) -> SampleNotFound:
    return SampleNotFound(f"There is no sample {sample_id!r} of this speaker.")
