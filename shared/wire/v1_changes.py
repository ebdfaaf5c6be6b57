"""Changes of names as dialect 2 tells of them, in answers and to webhooks."""

from typing import Any

from shared.corrections import Correction, Difference, VoiceName
from shared.store.schema import Job
from shared.wire.v1 import job_resource, timestamp


def correction_event(job: Job, webhook: str | None, correction: Correction) -> dict[str, Any]:
    """A job whose names were changed after its end, as its webhook is told: what differs, not all of it."""
    (corrected,) = correction.jobs
    change = {
        "id": correction.id,
        "kind": correction.kind,
        "speaker": correction.speaker_id,
        "other": correction.other_id,
        "undoes": correction.undoes,
        "differences": [_difference(one) for one in corrected.differences],
    }
    data = job_resource(job, webhook) | {"change": change}
    return {"type": "job.corrected", "timestamp": timestamp(correction.created_at), "data": data}


def change_resource(change: Correction) -> dict[str, Any]:
    """A change of names, with what differs in the jobs that it altered."""
    return {
        "id": change.id,
        "kind": change.kind,
        "status": change.state,
        "speaker": change.speaker_id,
        "other": change.other_id,
        "created_at": timestamp(change.created_at),
        "undone_at": timestamp(change.undone_at),
        "undoes": change.undoes,
        "num_jobs": change.num_jobs,
        "jobs": [
            {"id": job.job_id, "differences": [_difference(one) for one in job.differences]}
            for job in change.jobs
        ],
        "can_undo": change.can_undo,
        "blocked_by": change.blocked_by,
    }


def _difference(one: Difference) -> dict[str, Any]:
    return {
        "start": one.start_seconds,
        "end": one.end_seconds,
        "before": _voice_name(one.before),
        "after": _voice_name(one.after),
    }


def _voice_name(name: VoiceName) -> dict[str, Any]:
    return {"speaker": name.speaker_id, "label": name.label}
