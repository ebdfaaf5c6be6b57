"""Changes of names after jobs have ended: written with what undoes them, read, and in which order they stand.

All that change names in a tenant's jobs go one after the other (`one_at_a_time`). What a change is about is
sealed; an erasure finds it by hashes of those it names.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.corrections import ChangeKind, ChangeState, CorrectedJob, Correction
from shared.crypto import KeyRing
from shared.store.change_details import Details
from shared.store.dispatch import new_delivery
from shared.store.heard_voices import follow_result
from shared.store.listing import newest_first
from shared.store.patches import JobPatch
from shared.store.row_seals import Column, RowSeal
from shared.store.schema import Change, ChangedJob, Job, Tenant, new_id, now
from shared.store.tenants import data_key
from shared.wire import correction_body

HASH_DIGITS = 32


def one_at_a_time(session: Session, tenant_id: str) -> None:
    """Until the transaction ends, nobody else changes names of a tenant's; the lock lets rows refer to him.

    It comes before the locks of speakers, and those before jobs'.
    """
    session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update(key_share=True))


class ChangeLog:
    """The changes of one tenant; no statement here reaches another tenant's rows. Raises DecryptionError."""

    def __init__(self, session: Session, tenant_id: str, key: bytes, keyring: KeyRing | None = None) -> None:
        """``key`` is the tenant's data key; without a ``keyring``, no webhooks are made."""
        self.session = session
        self.tenant_id = tenant_id
        self.key = key
        self.seal = RowSeal(tenant_id, key)
        self._keyring = keyring

    @classmethod
    def of(cls, session: Session, tenant_id: str, keyring: KeyRing) -> "ChangeLog":
        """The changes of a tenant. Raises DecryptionError."""
        return cls(session, tenant_id, data_key(session, tenant_id, keyring), keyring)

    def one_at_a_time(self) -> None:
        """Until the transaction ends, nobody else changes names of this tenant's."""
        one_at_a_time(self.session, self.tenant_id)

    def add(
        self,
        kind: ChangeKind,
        details: Details,
        *,
        state: ChangeState = ChangeState.DONE,
        change_id: str | None = None,
        undoes: str | None = None,
    ) -> Change:
        """Write a change that has altered no job yet."""
        change_id = change_id or new_id()
        change = Change(
            id=change_id,
            tenant_id=self.tenant_id,
            kind=kind,
            state=state,
            sealed_details=self.seal.sealed_json(Column.CHANGE_DETAILS, change_id, asdict(details)),
            mentions=self._mentions(details.mentioned()),
            undoes=undoes,
            created_at=now(),
        )
        self.session.add(change)
        self.session.flush()
        return change

    def alter(self, change: Change, patches: Iterable[tuple[Job, JobPatch]]) -> list[str]:
        """Change jobs, and have their webhooks told what differs; ids of the deliveries."""
        deliveries, mentioned = [], set(change.mentions.split())
        for job, patch in patches:
            if not patch:
                continue
            patch.apply(job)
            self._keep(change, job, patch)
            mentioned |= set(self._mentions(patch.mentioned()).split())
            if patch.segments:
                follow_result(self.session, job)
            if patch.differences():
                deliveries += self._delivery(change, job, patch)
            # Of thousands of jobs, only the one that is being changed is kept in memory.
            self.session.flush()
            self.session.expunge(job)
        change.mentions = " ".join(sorted(mentioned))
        self.session.flush()
        return deliveries

    def get(self, change_id: str) -> Change | None:
        """A change by its id."""
        return self.session.scalar(
            select(Change).where(Change.tenant_id == self.tenant_id, Change.id == change_id)
        )

    def newest(self, *, after: list[str] | None, limit: int) -> list[Change]:
        """Changes, newest first, from after a position. Raises InvalidField for one of elsewhere."""
        query = newest_first(select(Change).where(Change.tenant_id == self.tenant_id), Change, after)
        return list(self.session.scalars(query.limit(limit)))

    def pending(self) -> list[Change]:
        """Changes that wait for a worker."""
        waiting = select(Change).where(
            Change.tenant_id == self.tenant_id, Change.state == ChangeState.PENDING
        )
        return list(self.session.scalars(waiting))

    def details_of(self, change: Change) -> Details:
        """Whom a change is about, and what undoes it."""
        kept = self.seal.json_of(Column.CHANGE_DETAILS, change.id, change.sealed_details)
        return Details(**kept | {"speakers": tuple(kept["speakers"])})

    def amend(self, change: Change, details: Details) -> None:
        """Write other details."""
        change.sealed_details = self.seal.sealed_json(Column.CHANGE_DETAILS, change.id, asdict(details))

    def patches_of(self, change: Change) -> Iterator[tuple[str, JobPatch]]:
        """What a change made of jobs, by their ids; the jobs may be changed meanwhile."""
        query = select(ChangedJob.job_id).where(ChangedJob.change_id == change.id)
        for job_id in self.session.scalars(query.order_by(ChangedJob.job_id)).all():
            row = self.session.get_one(ChangedJob, (change.id, job_id))
            yield job_id, self.patch_of(row)
            self.session.expunge(row)

    def patch_of(self, row: ChangedJob) -> JobPatch:
        """What was made of one job."""
        return self.opened_patch(row.change_id, row.job_id, row.sealed_patch)

    def opened_patch(self, change_id: str, job_id: str, sealed: bytes) -> JobPatch:
        """The same, of the columns of a row."""
        return JobPatch.from_json(self.seal.json_of(Column.JOB_PATCH, _place(change_id, job_id), sealed))

    def told(self, change: Change, jobs: Iterable[CorrectedJob]) -> Correction:
        """A change as its tenant is told of it, with what it made of some jobs."""
        details = self.details_of(change)
        return Correction(
            id=change.id,
            kind=change.kind,
            state=change.state,
            speaker_id=details.speaker_id,
            other_id=details.other_id,
            created_at=change.created_at,
            undone_at=change.undone_at,
            undoes=change.undoes,
            jobs=tuple(jobs),
        )

    def hash_of(self, speaker_id: str) -> str:
        """What stands for a speaker among those whom changes mention."""
        return self.seal.hash(f"change/speaker/{speaker_id}")[:HASH_DIGITS]

    def rewrite(self, row: ChangedJob, patch: JobPatch) -> None:
        """Keep another patch in place of the one that is kept."""
        place = _place(row.change_id, row.job_id)
        row.sealed_patch = self.seal.sealed_json(Column.JOB_PATCH, place, patch.to_json())
        row.num_differences = len(patch.differences())

    def body(self, change: Change, job: Job, patch: JobPatch) -> bytes:
        """What the webhook of a changed job gets."""
        told = self.told(change, [CorrectedJob(job.id, patch.differences())])
        return correction_body(job, self.seal.webhook_of(job), told)

    def _mentions(self, speaker_ids: Iterable[str]) -> str:
        return " ".join(sorted(self.hash_of(one) for one in speaker_ids))

    def _keep(self, change: Change, job: Job, patch: JobPatch) -> None:
        row = self.session.get(ChangedJob, (change.id, job.id))
        if row is None:
            row = ChangedJob(change_id=change.id, job_id=job.id)
            self.rewrite(row, patch)
            self.session.add(row)
        else:
            self.rewrite(row, self.patch_of(row).then(patch))

    def _delivery(self, change: Change, job: Job, patch: JobPatch) -> list[str]:
        url = self.seal.webhook_of(job)
        if url is None or self._keyring is None:
            return []
        body = self.body(change, job, patch)
        made = new_delivery(
            self.session, self.tenant_id, self._keyring, url, body, job_id=job.id, change_id=change.id
        )
        return [made.id]


def _place(change_id: str, job_id: str) -> str:
    return f"{change_id}/{job_id}"
