"""Hooks of the generator: they supply what a schema can only describe.

A speaker has to be enrolled, base64 has to hold audio, an address has to answer. Requests that are meant
to be invalid are left as they were generated.
"""

import base64
import uuid
from typing import Any

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, HookContext, Response
from schemathesis.core.failures import Failure
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse, UseAfterFree
from schemathesis.transport.serialization import Binary

from tests.fuzz.material import Material

material = Material.read()

schemathesis.openapi.format("speaker-id", st.sampled_from(material.speaker_ids))
schemathesis.openapi.format("byte", st.just(material.content))
schemathesis.openapi.format("binary", st.just(Binary(base64.b64decode(material.content))))
schemathesis.openapi.format("uri", st.just(material.url))

# The document's own examples name addresses and people that there are not here.
VALUES: dict[str, Any] = {
    "speakers": material.speaker_ids,
    "speakerIds": material.speaker_ids,
    "content": material.content,
    "url": material.url,
    "webhook": material.url,
    "job_id": material.job_id,
    "segments": material.segments,
    "voice": material.label,
}
# What the schema says only in words: addresses, rules that exclude each other, ranges, lengths of objects.
BEYOND_SCHEMA = (
    "webhook must be an absolute",
    "must not be sent together with target_false_accept",
    "must not be above max_speakers",
    "metadata must have at most",
    "must not be true where speaker is null",
    "Send enroll false to give the name without",
    "speaker is the same speaker",
    "speaker 'confusable' is the name of a list",
)
KEPT = frozenset(material.speaker_ids)


@schemathesis.hook
def filter_body(context: HookContext, body: Any) -> bool:
    """Leave out what no schema of single fields can exclude: reversed ranges, two rules at once."""
    if not isinstance(body, dict):
        return True
    ends = [body.get(name) for name in ("min_speakers", "max_speakers")]
    return not _is_reversed(ends) and not _is_twofold(body.get("matching"))


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
    """Drop what is as it should be.

    DELETE of a job cancels it; the job, being history, can still be read. The path of the confusable is also
    that of a speaker, as far as it is not the list's.
    """
    if isinstance(failure, UnsupportedMethodResponse):
        return case.path != "/v1/speakers/confusable"
    if isinstance(failure, UseAfterFree):
        return not case.path.startswith("/v1/jobs/")
    if isinstance(failure, RejectedPositiveData):
        return not any(complaint in response.text for complaint in BEYOND_SCHEMA)
    return True


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Make a valid case meaningful, and never erase or rename the speakers that the others need."""
    if case.path.endswith(("/rename", "/merge")):
        _spare_kept(case)
    if case.method == "DELETE" and str((case.path_parameters or {}).get("speaker_id")) in KEPT:
        case.path_parameters = {**case.path_parameters, "speaker_id": "somebody"}
    if isinstance(case.body, dict) and "delete" in case.path and str(case.body.get("speakerId")) in KEPT:
        case.body = {"speakerId": "somebody"}
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if case.path.endswith("/names"):
        case.path_parameters = {**case.path_parameters, "job_id": material.job_id}
    if isinstance(case.body, dict) and case.media_type == "application/json":
        case.body = {name: _meaningful(name, value) for name, value in case.body.items()}
    if case.query:
        query = {name: value for name, value in case.query.items() if name != "cursor"}
        case.query = query | _new(query, "request_id")
    if case.headers:
        case.headers.update(_new(case.headers, "Idempotency-Key"))


def _spare_kept(case: Case) -> None:
    if str((case.path_parameters or {}).get("speaker_id")) in KEPT:
        case.path_parameters = {**case.path_parameters, "speaker_id": "somebody"}
    if isinstance(case.body, dict) and str(case.body.get("speaker")) in KEPT:
        case.body = {**case.body, "speaker": "somebody_else"}


def _is_reversed(ends: list[Any]) -> bool:
    return all(isinstance(end, int) for end in ends) and ends[0] > ends[1]


def _is_twofold(matching: Any) -> bool:
    return isinstance(matching, dict) and {"threshold", "target_false_accept"} <= set(matching)


def _meaningful(name: str, value: Any) -> Any:
    return VALUES[name] if name in VALUES and isinstance(value, str | list) else value


def _new(values: Any, name: str) -> dict[str, str]:
    return {name: str(uuid.uuid4())} if name in values else {}
