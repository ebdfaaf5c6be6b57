"""A speaker's id in all that his tenant's jobs and samples keep, when he is to be called otherwise."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from shared.domain import JobKind, JobState
from shared.store.patches import JobPatch
from shared.store.schema import Job, Sample

Kept = dict[str, Any]
Warnings = list[dict[str, Any]]


def mentioning(tenant_id: str, speaker_id: str) -> Select[Job]:
    """Jobs in whose JSON the id stands; a few others may be among them."""
    quoted = f'"{speaker_id}"'
    return select(Job).where(
        Job.tenant_id == tenant_id,
        or_(
            cast(Job.parameters, String).contains(quoted, autoescape=True),
            cast(Job.result, String).contains(quoted, autoescape=True),
        ),
    )


def patches(
    session: Session, tenant_id: str, old: str, new: str, *, ended_since: datetime | None = None
) -> Iterator[tuple[Job, JobPatch]]:
    """Jobs that name a speaker, with what makes them name him otherwise.

    With ``ended_since``, only those that ended later, or have not ended.
    """
    query = mentioning(tenant_id, old)
    if ended_since is not None:
        query = query.where(or_(Job.finished_at.is_(None), Job.finished_at >= ended_since))
    for job_id in session.scalars(query.with_only_columns(Job.id).order_by(Job.id)).all():
        job = session.get(Job, job_id, with_for_update=True)
        if job is not None:
            result = None if job.result is None else renamed(job.result, old, new)
            yield job, JobPatch.between(job, parameters=_parameters(job.parameters, old, new), result=result)


def has_enrolments_under_way(session: Session, tenant_id: str, speaker_id: str) -> bool:
    """Whether a sample of a speaker is still to come."""
    under_way = select(func.count()).where(
        Job.tenant_id == tenant_id,
        Job.kind == JobKind.ENROLL,
        Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
        Job.parameters["speaker_id"].as_string() == speaker_id,
    )
    return session.scalars(under_way).one() > 0


def rename_in_warnings(
    session: Session, tenant_id: str, old: str, new: str, *, own_key: str | None = None
) -> dict[str, Warnings]:
    """Name a speaker otherwise in warnings about samples; what those were before, by the samples' ids.

    On samples of ``own_key``, who is not like another if he is himself, such warnings are dropped.
    """
    # No name is in the empty list, which nearly all have.
    warned = select(Sample).where(Sample.tenant_id == tenant_id, cast(Sample.warnings, String) != "[]")
    before: dict[str, Warnings] = {}
    for sample in session.scalars(warned).all():
        kept, is_own = sample.warnings or [], sample.speaker_key == own_key
        called = [_warning(one, old, new, is_own) for one in kept]
        renamed = [one for one in called if one is not None]
        if renamed != kept:
            before[sample.id] = kept
            sample.warnings = renamed
    return before


def restore_warnings(
    session: Session, tenant_id: str, old: str, new: str, before: Mapping[str, Warnings], *, own_key: str
) -> None:
    """Take back what :func:`rename_in_warnings` did; a warning that has changed since stays as it is.

    To be called while the samples are still whose they were then.
    """
    for sample_id, warnings in before.items():
        sample = session.get(Sample, sample_id)
        if sample is None or sample.tenant_id != tenant_id:
            continue
        restored, left, is_own = [], list(sample.warnings or []), sample.speaker_key == own_key
        for one in warnings:
            called = _warning(one, old, new, is_own)
            if called is None:
                restored.append(one)
            elif called in left:
                left.remove(called)
                restored.append(one)
        sample.warnings = restored + left


def _warning(kept: Kept, old: str, new: str, is_own: bool) -> Kept | None:
    """A warning in which a speaker is called otherwise; None for one that his own sample is like him."""
    return None if is_own and kept["speaker_id"] in (old, new) else _named(kept, old, new)


def renamed(kept: Kept, old: str, new: str) -> Kept:
    """A result, as the ledger keeps it, in which a speaker is called otherwise."""
    if "segments" in kept:
        return kept | {"segments": [_segment(one, old, new) for one in kept["segments"]]}
    called = _named(kept, old, new)
    if "warnings" in kept:
        called = called | {"warnings": [_named(one, old, new) for one in kept["warnings"]]}
    return called


def _segment(kept: Kept, old: str, new: str) -> Kept:
    renamed = _named(kept, old, new)
    if "candidates" in kept:
        # Of two who are one, the nearer counts; it comes first.
        candidates: dict[str, Kept] = {}
        for one in kept["candidates"]:
            candidates.setdefault(_named(one, old, new)["speaker_id"], _named(one, old, new))
        renamed = renamed | {"candidates": list(candidates.values())}
    return renamed


def _named(kept: Kept, old: str, new: str) -> Kept:
    return kept | {"speaker_id": new} if kept.get("speaker_id") == old else kept


def _parameters(kept: Kept, old: str, new: str) -> Kept:
    renamed = _named(kept, old, new)
    if old in kept.get("speaker_ids", ()):
        renamed = renamed | {
            "speaker_ids": sorted({new if one == old else one for one in kept["speaker_ids"]})
        }
    return renamed
