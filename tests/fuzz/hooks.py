"""Hooks of the generator: what is meant to be valid becomes so, where a schema cannot say what that is.

A speaker has to be enrolled, base64 has to hold audio, an address has to answer. Requests that are meant
to be invalid are left as they were generated.
"""

import base64
import uuid
from typing import Any

import schemathesis
from schemathesis import Case, GenerationMode, HookContext
from schemathesis.transport.serialization import Binary

from tests.fuzz.material import Material

material = Material.read()
VALUES: dict[str, Any] = {
    "speakers": material.speaker_ids,
    "speakerIds": material.speaker_ids,
    "content": material.content,
    "url": material.audio_url,
    "webhook": material.webhook_url,
    "job_id": material.job_id,
    "segments": material.segments,
    "file": Binary(base64.b64decode(material.content)),
}
# Each has a meaning only together with another, or with what went before.
ONLY_BY_CHANCE = ("min_speakers", "max_speakers", "cursor")


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
    """Make a valid case meaningful."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if isinstance(case.body, dict):
        case.body = _meaningful(case.body)
    if case.query:
        case.query = _meaningful(dict(case.query)) | _new(case.query, "request_id")
    if case.headers:
        case.headers.update(_new(case.headers, "Idempotency-Key"))


def _meaningful(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: VALUES[name] if name in VALUES and isinstance(value, str | bytes | list) else value
        for name, value in values.items()
        if name not in ONLY_BY_CHANCE
    }


def _new(values: Any, name: str) -> dict[str, str]:
    return {name: str(uuid.uuid4())} if name in values else {}
