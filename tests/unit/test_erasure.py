"""Erasing a speaker outside the ledger."""

import io

import pytest

from shared.erasure import erase
from shared.services import Services
from shared.store import jobs
from tests.store.stored import Kept, segment


def stored_audio(services: Services, job_id: str) -> None:
    with services.store.reading() as session:
        job = jobs.get(session, job_id)
    assert job
    services.blobs.put(str(job.blob_key), io.BytesIO(b"sound"))


@pytest.mark.parametrize("results", [False, True])
def test_audio_of_his_canceled_enrolments_is_deleted(services: Services, kept: Kept, results: bool) -> None:
    stored_audio(services, kept.queued_enrolment("carol"))
    erase(services, kept.tenant_id, "carol", results=results)
    assert list(services.blobs.all()) == []


def test_audio_of_others_jobs_is_kept(services: Services, kept: Kept) -> None:
    stored_audio(services, kept.queued_enrolment("dave"))
    kept.enroll("carol")
    erase(services, kept.tenant_id, "carol", results=True)
    assert len(list(services.blobs.all())) == 1


def test_his_name_can_be_taken_out_of_results_later(services: Services, kept: Kept) -> None:
    kept.enroll("alice")
    kept.identified(["alice"], segment("alice"))
    erase(services, kept.tenant_id, "alice")
    later = erase(services, kept.tenant_id, "alice", results=True)
    assert later
    assert later.jobs_scrubbed == 1


def test_erasing_nobody_gives_no_receipt(services: Services, kept: Kept) -> None:
    assert erase(services, kept.tenant_id, "nobody", results=True) is None
