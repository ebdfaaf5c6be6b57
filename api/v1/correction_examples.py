"""An example of every request and answer about changes of names, shown in the document."""

from typing import Any

from api.v1.examples import FINISHED, JOB_ID, SUCCEEDED

CHANGE_ID = "7c1f53a2-6b0e-4a5c-93c8-2f4f0d7e9b11"
NAMES = {"voice": "stranger-4be1d0c2a7f3", "speaker": "anna", "rematch": True}
NOBODY = {"voice": "ben", "speaker": None}
REMATCH = {"since": "2026-05-01T00:00:00Z"}
OTHER_SPEAKER = {"speaker": "anna_2"}
DIFFERENCE = {
    "start": 8.1,
    "end": 9.3,
    "before": {"speaker": None, "label": "stranger-4be1d0c2a7f3"},
    "after": {"speaker": "anna", "label": "stranger-4be1d0c2a7f3"},
}
CHANGE: dict[str, Any] = {
    "id": CHANGE_ID,
    "kind": "naming",
    "status": "done",
    "speaker": "anna",
    "other": None,
    "created_at": FINISHED,
    "undone_at": None,
    "undoes": None,
    "num_jobs": 1,
    "jobs": [{"id": JOB_ID, "differences": [DIFFERENCE]}],
    "can_undo": True,
    "blocked_by": None,
}
REMATCHED = CHANGE | {"kind": "rematch"}
WAITING_CHANGE = REMATCHED | {"status": "pending", "num_jobs": 0, "jobs": [], "can_undo": False}
RENAMED = CHANGE | {"kind": "rename", "speaker": "anna_2", "other": "anna", "num_jobs": 0, "jobs": []}
MERGED = CHANGE | {"kind": "merge", "other": "anna_2", "num_jobs": 0, "jobs": []}
UNDONE = CHANGE | {
    "kind": "undo",
    "undoes": "0e6b3f0c-5a77-4a1d-8f6c-1d2b3c4d5e6f",
    "can_undo": False,
    "jobs": [
        {
            "id": JOB_ID,
            "differences": [
                DIFFERENCE | {"before": DIFFERENCE["after"], "after": DIFFERENCE["before"]},
            ],
        }
    ],
}
CORRECTION_EVENT = {
    "type": "job.corrected",
    "timestamp": FINISHED,
    "data": SUCCEEDED
    | {
        "change": {
            "id": CHANGE_ID,
            "kind": "naming",
            "speaker": "anna",
            "other": None,
            "undoes": None,
            "differences": [DIFFERENCE],
        }
    },
}
