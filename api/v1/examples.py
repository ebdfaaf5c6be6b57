"""An example of every request and answer of the dialect, shown in the document."""

from typing import Any

JOB_ID = "5f0d7a52-7d0c-4b8e-9a26-0f8f8c1c2f11"
SAMPLE_ID = "c1f7a8f0-3c35-4b43-8a53-4a0b2a6c7d90"
CREATED = "2026-05-04T10:00:00.000Z"
STARTED = "2026-05-04T10:00:00.120Z"
FINISHED = "2026-05-04T10:00:02.480Z"
AUDIO_URL = "https://example.com/a.flac"
WEBHOOK = "https://example.com/hook"

IDENTIFICATION: dict[str, Any] = {
    "url": AUDIO_URL,
    "speakers": ["anna", "ben"],
    "max_speakers": 4,
    "matching": {"target_false_accept": 0.01, "exclusive": True},
    "webhook": WEBHOOK,
    "metadata": {"call": 4711},
}
SAMPLE_BY_AUDIO = {"url": AUDIO_URL}
CONSENT = {
    "given_by": "Anna Example",
    "given_at": "2026-05-04T09:00:00.000Z",
    "purpose": "Names in the minutes of our meetings.",
    "expires_at": "2099-12-31T00:00:00.000Z",
}
SAMPLE_WITH_CONSENT = SAMPLE_BY_AUDIO | {"consent": CONSENT}
SAMPLE_BY_REFERENCE = {"job_id": JOB_ID, "segments": [1, 4]}

SEGMENT = {
    "id": 0,
    "start": 0.4,
    "end": 7.9,
    "speaker": "anna",
    "label": "speaker1",
    "confidence": 0.98,
    "reason": None,
    "corrected": False,
    "candidates": [
        {"speaker": "anna", "score": 27.4, "exemplar": "telephone"},
        {"speaker": "ben", "score": -19.8, "exemplar": "telephone"},
    ],
}
STRANGER = SEGMENT | {
    "id": 1,
    "start": 8.1,
    "end": 9.3,
    "speaker": None,
    "label": "speaker2",
    "confidence": 0.97,
    "reason": "below_threshold",
    "candidates": [{"speaker": "ben", "score": -7.1, "exemplar": "telephone"}],
}
RESULT = {"job_id": JOB_ID, "audio_seconds": 10.0, "model": "embedded@1", "segments": [SEGMENT, STRANGER]}
ACCEPTED: dict[str, Any] = {
    "id": JOB_ID,
    "kind": "identify",
    "status": "queued",
    "created_at": CREATED,
    "started_at": None,
    "finished_at": None,
    "attempts": 0,
    "progress": None,
    "audio_seconds": None,
    "model": None,
    "webhook": WEBHOOK,
    "metadata": {"call": 4711},
    "error": None,
}
ACCEPTED_SAMPLE = ACCEPTED | {"kind": "enroll", "webhook": None, "metadata": {}}
RUNNING = ACCEPTED | {
    "status": "running",
    "started_at": STARTED,
    "attempts": 1,
    "progress": {"stage": "segmentation", "share": 0.5},
}
SUCCEEDED = ACCEPTED | {
    "status": "succeeded",
    "started_at": STARTED,
    "finished_at": FINISHED,
    "attempts": 1,
    "audio_seconds": 10.0,
    "model": "embedded@1",
}
FINISHED_JOB = SUCCEEDED | {"result": RESULT}
CANCELED = ACCEPTED | {"status": "canceled", "finished_at": FINISHED}
EVENT = {"type": "job.succeeded", "timestamp": FINISHED, "data": FINISHED_JOB}
SPEAKER = {
    "id": "anna",
    "enrollment_complete": True,
    "quality": "average",
    "speech_seconds": 14.2,
    "audio_seconds": 16.0,
    "consent": CONSENT,
}
ERASURE = {"id": "anna", "erased_at": FINISHED, "samples": 2, "voiceprints": 2, "jobs_scrubbed": 0}
SAMPLE = {
    "id": SAMPLE_ID,
    "created_at": CREATED,
    "audio_seconds": 16.0,
    "speech_seconds": 14.2,
    "quality": {"level_dbfs": -24.1, "clipped_share": 0.0002, "snr_db": 31.5},
    "provenance": {"by": "audio", "job_id": JOB_ID},
    "warnings": [
        {
            "code": "sounds_like_another",
            "message": "It sounds like 'ben', who is enrolled, too; see that this is not one person twice.",
            "speaker": "ben",
            "score": 21.7,
        }
    ],
    "agreement": {"score": 32.4, "confidence": 0.99},
}
CONFUSABLE = {"speakers": ["anna", "ben"], "score": 21.7, "false_accept_probability": 0.0004}
DELIVERY = {
    "id": "0b1f1f2e-8c8a-4d57-9f7c-5e1f9f0f8a55",
    "job_id": JOB_ID,
    "url": WEBHOOK,
    "status": "pending",
    "attempts_made": 1,
    "created_at": FINISHED,
    "next_attempt_at": "2026-05-04T10:00:08.100Z",
    "finished_at": None,
}
ATTEMPT = {
    "attempted_at": FINISHED,
    "duration_seconds": 0.21,
    "status_code": 503,
    "error": None,
    "answer": "busy",
}
DELIVERY_WITH_ATTEMPTS = DELIVERY | {"attempts": [ATTEMPT]}
SIGNING_SECRET = {
    "id": "e0f2a9d6-51b8-4a3f-a3a1-6a8b1f5f3f10",
    "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "created_at": CREATED,
    "expires_at": None,
}
SIGNING_SECRETS = {"items": [SIGNING_SECRET]}
ROTATION = {"overlap_seconds": 86400}
WEBHOOK_TO_TEST = {"url": WEBHOOK}
TEST_DELIVERY = DELIVERY | {
    "job_id": None,
    "attempts_made": 0,
    "next_attempt_at": CREATED,
    "created_at": CREATED,
}
TEST_EVENT = {"type": "webhook.test", "timestamp": CREATED, "data": {}}
REDELIVER = {"since": "2026-05-04T00:00:00Z"}
REDELIVERED = {"redelivered": 3}
API_KEY = {
    "id": "rc_1a2b3c4d",
    "name": "dashboard",
    "status": "valid",
    "scopes": ["read"],
    "created_at": CREATED,
    "expires_at": "2099-12-31T00:00:00.000Z",
    "last_used_at": None,
}
API_KEYS = {"items": [API_KEY]}
NEW_API_KEY = {"name": "dashboard", "scopes": ["read"], "expires_at": "2099-12-31T00:00:00Z"}
SHOWN_API_KEY = API_KEY | {"key": "rc_1a2b3c4d_…"}
REVOKED_API_KEY = API_KEY | {"status": "revoked"}
SERVICE = {
    "version": "0.1.0",
    "time": CREATED,
    "workers": {"seen": 2, "idle": 1, "models": ["embedded@1"]},
    "limits": {
        "max_content_bytes": 67108864,
        "max_audio_seconds": 14400,
        "enroll_reject_seconds": 6,
        "enroll_complete_seconds": 12,
    },
}
EVENTS = f"""event: progress
id: 1777888800000-0
data: {{"stage": "segmentation", "share": 0.5}}

event: succeeded
id: end
data: {{"id": "{JOB_ID}", "status": "succeeded"}}

"""
RTTM = f"SPEAKER {JOB_ID} 1 0.400 7.500 <NA> <NA> anna <NA> <NA>\n"


def page(item: dict[str, Any]) -> dict[str, Any]:
    """A list that has one item."""
    return {"items": [item], "next_cursor": None}
