"""An example of every request and answer of the dialect, shown in the document."""

from typing import Any

REQUEST_ID = "8bdd983a-c6bd-4159-982d-6a2471406d62"
# The head of a WAV file: real content goes on after it.
CONTENT = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAgD4AAAB9AAACABAAZGF0YQAAAAA="
AUDIO: dict[str, Any] = {"encoding": "WAV", "sampleRate": 16000, "languageCode": "en-US", "content": CONTENT}
AUDIO_BY_URL: dict[str, Any] = {"encoding": "FLAC", "sampleRate": 16000, "url": "https://example.com/a.flac"}

IDENTIFY = AUDIO_BY_URL | {"speakerIds": ["anna", "ben"]}
DIARIZE = AUDIO_BY_URL | {"speakers": 2}
ENROLL = AUDIO | {"speakerId": "anna"}
DELETE = {"speakerId": "anna"}

IDENTIFIED = {
    "segments": [
        {"speaker_id": "anna", "start": 0.4, "end": 7.9},
        {"speaker_id": "UserNotIdentified", "start": 8.1, "end": 9.3},
    ]
}
DIARIZED = {
    "num_speakers": 2,
    "segments": [
        {"speaker_id": "speaker1", "start": 0.4, "end": 7.9},
        {"speaker_id": "speaker2", "start": 8.1, "end": 9.3},
    ],
}
STATE = {
    "speaker_id": "anna",
    "enroll_quality": "average",
    "enrollment_complete": True,
    "total_speech_duration": 14.2,
    "total_enroll_duration": 16.0,
}
ENROLLED = {"message": "Success"} | STATE
DONE = {"message": "Success"}
SPEAKERS = {"developer_id": "2f6c1f0e-5a0f-4a3c-9a35-6f1f6b0f5c11", "enrolled_speaker_ids": [STATE]}
OUTCOME = {"request_id": REQUEST_ID, "response": IDENTIFIED}
STATUS = {"status": "Completed", "response": OUTCOME}


def accepted(path: str) -> dict[str, str]:
    """The answer to an asynchronous call of ``path``."""
    return {"request_id": REQUEST_ID, "api": path}
