"""A job's recording: who may have it, for how long, and in parts."""

import io
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from shared import apikeys
from shared.domain import JobState, Scope
from shared.errors import StorageUnavailable
from shared.services import Services
from shared.store.schema import ApiKey, Job, Tenant, new_id, now
from tests.security.in_process import KEY, client_on

EVERY_SCOPE = " ".join(Scope)
WAVE = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(200))
KEPT_SECONDS = 600


class Kept(NamedTuple):
    """A service that keeps recordings for ten minutes, and a job of its first tenant with one."""

    http: FlaskClient
    services: Services
    job_id: str

    def ask(self, key: str = KEY, **headers: str) -> TestResponse:
        return self.http.get(f"/v1/jobs/{self.job_id}/audio", headers={"X-API-Key": key, **headers})

    def ended(self, seconds_ago: float) -> None:
        with self.services.store.writing() as session:
            job = session.get_one(Job, self.job_id)
            job.state, job.finished_at = JobState.SUCCEEDED, now() - timedelta(seconds=seconds_ago)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    http = client_on(tmp_path, audio_retention_seconds=KEPT_SECONDS)
    headers = {"X-API-Key": KEY}
    sent = http.post("/v1/speakers/ann/samples", headers=headers, data={"file": (io.BytesIO(WAVE), "a.wav")})
    assert sent.status_code == 202, sent.get_data(as_text=True)
    return Kept(http, http.application.extensions["services"], sent.get_json()["id"])


def key_with(services: Services, scopes: str, *, of_another: bool = False) -> str:
    """A new key of the first tenant, or of another."""
    key = apikeys.generate()
    with services.store.writing() as session:
        tenant_id = session.query(ApiKey).first().tenant_id  # type: ignore[union-attr]
        if of_another:
            tenant_id = new_id()
            session.add(
                Tenant(id=tenant_id, name="other", wrapped_key=services.keyring.new_wrapped_key(tenant_id))
            )
            session.flush()
        session.add(ApiKey(tenant_id=tenant_id, key_digest=apikeys.digest(key), scopes=scopes))
    return key


def test_a_recording_that_waits_can_be_heard(kept: Kept) -> None:
    with kept.ask() as response:
        assert (response.status_code, response.get_data()) == (200, WAVE)


def test_a_recording_says_what_it_is(kept: Kept) -> None:
    with kept.ask() as response:
        assert response.headers["Content-Type"] == "audio/wav"


def test_a_recording_is_nothing_to_open_as_a_page(kept: Kept) -> None:
    with kept.ask() as response:
        assert response.headers["Content-Disposition"] == "attachment"


@pytest.mark.parametrize(("wanted", "part"), [("bytes=4-9", WAVE[4:10]), ("bytes=-5", WAVE[-5:])])
def test_a_part_of_a_recording_can_be_asked_for(kept: Kept, wanted: str, part: bytes) -> None:
    with kept.ask(Range=wanted) as response:
        assert (response.status_code, response.get_data()) == (206, part)


def test_a_part_that_there_is_not_is_all_of_it(kept: Kept) -> None:
    with kept.ask(Range="bytes=9000-9001") as response:
        assert (response.status_code, response.get_data()) == (200, WAVE)


def test_a_recording_is_heard_while_it_is_kept(kept: Kept) -> None:
    kept.ended(seconds_ago=KEPT_SECONDS - 60)
    with kept.ask() as response:
        assert response.status_code == 200


def test_a_recording_whose_time_is_over_is_not_heard_even_before_it_is_collected(kept: Kept) -> None:
    kept.ended(seconds_ago=KEPT_SECONDS + 1)
    assert kept.ask().get_json()["code"] == "audio_not_kept"


def test_a_recording_that_was_collected_is_not_kept(kept: Kept) -> None:
    for blob in kept.services.blobs.all():
        kept.services.blobs.delete(blob.key)
    assert kept.ask().get_json()["code"] == "audio_not_kept"


def kept_blobs(kept: Kept) -> list[str]:
    return [blob.job_id for blob in kept.services.blobs.all()]


def deleted(kept: Kept) -> int:
    return kept.http.delete(f"/v1/jobs/{kept.job_id}/result", headers={"X-API-Key": KEY}).status_code


def test_a_job_that_is_deleted_takes_its_recording_along(kept: Kept) -> None:
    kept.ended(seconds_ago=1)
    assert kept_blobs(kept) == [kept.job_id]
    assert (deleted(kept), kept_blobs(kept)) == (204, [])


def test_a_job_that_cannot_be_deleted_yet_keeps_its_recording(kept: Kept) -> None:
    assert (deleted(kept), kept_blobs(kept)) == (409, [kept.job_id])


def test_a_job_is_deleted_though_its_recording_cannot_be(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def out_of_reach(_: str) -> None:
        raise StorageUnavailable("The blob store is out of reach.")

    kept.ended(seconds_ago=1)
    monkeypatch.setattr(kept.services.blobs, "delete", out_of_reach)
    assert deleted(kept) == 204


def test_another_tenants_recording_is_no_job_at_all(kept: Kept) -> None:
    assert (
        kept.ask(key_with(kept.services, EVERY_SCOPE, of_another=True)).get_json()["code"] == "job_not_found"
    )


def test_a_key_that_only_reads_does_not_hear_people(kept: Kept) -> None:
    assert kept.ask(key_with(kept.services, Scope.READ)).get_json()["code"] == "scope_missing"
