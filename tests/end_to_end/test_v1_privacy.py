"""Consents, and what is erased with a speaker, over HTTP in both dialects."""

import json
import subprocess
import sys
from typing import Any

import pytest
import requests

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.settings.environment import environment_with
from tests.end_to_end.conftest import NAMES, PREFIX
from tests.end_to_end.provoking import provokes
from tests.end_to_end.v1 import (
    V1,
    WAITING,
    complaints,
    encoded,
    excerpt,
    hook_answering,
    new_tenant,
    samples_of,
    speakers_of,
    succeeded,
)

CONSENT = {
    "given_by": "Anna Example",
    "given_at": "2026-05-04T10:00:00.000Z",
    "purpose": "minutes of meetings",
    "expires_at": "2099-12-31T00:00:00.000Z",
}
EXPIRED = CONSENT | {"expires_at": "2026-05-05T00:00:00.000Z"}


def set_policy(tenant: V1, *options: str) -> None:
    """What the operator types."""
    listed = tenant.get(f"{PREFIX}/v1/sync/diarization/get_enrolled_speakers").json()
    command = [sys.executable, "-m", "deploy.admin", "policy", "--tenant", listed["developer_id"], *options]
    environment = environment_with(**tenant.stack.variables)
    subprocess.run(command, env=environment, check=True)


@pytest.fixture(scope="module")
def own(stack: BackgroundStack) -> V1:
    """A tenant who may enrol without consent."""
    return new_tenant(stack)


@pytest.fixture(scope="module")
def strict(stack: BackgroundStack) -> V1:
    """A tenant who may not."""
    tenant = new_tenant(stack)
    set_policy(tenant, "--requires-consent", "yes")
    return tenant


def shown(tenant: V1, speaker_id: str) -> Any:
    return tenant.get(f"/v1/speakers/{speaker_id}").json()["consent"]


def deepaffects(tenant: V1, path: str, body: dict[str, Any]) -> requests.Response:
    return tenant.post(f"{PREFIX}{path}", json=body)


# Consent


def test_a_consent_in_json_is_shown_with_the_speaker(own: V1, voices: dict[str, bytes]) -> None:
    body = {"content": encoded(voices[NAMES[0]]), "consent": CONSENT}
    succeeded(own.post(samples_of("in_json"), WAITING, json=body))
    assert shown(own, "in_json") == CONSENT


def test_a_consent_in_a_form_is_shown_with_the_speaker(own: V1, voices: dict[str, bytes]) -> None:
    form = {"consent": json.dumps(CONSENT)}
    succeeded(own.post(samples_of("in_form"), WAITING, files={"file": voices[NAMES[0]]}, data=form))
    assert shown(own, "in_form") == CONSENT


def test_a_consent_by_reference_is_shown_with_the_speaker(own: V1, conversation: Conversation) -> None:
    job = own.identified(excerpt(conversation, 6, 26), "all")
    voice = job["result"]["segments"][0]["label"]
    chosen = [one["id"] for one in job["result"]["segments"] if one["label"] == voice]
    body = {"job_id": job["id"], "segments": chosen, "consent": CONSENT}
    own.post(samples_of("by_reference"), json=body)
    assert shown(own, "by_reference") == CONSENT


def test_a_consent_in_dialect_1_is_shown_with_the_speaker(own: V1, voices: dict[str, bytes]) -> None:
    body = {"speakerId": "in_dialect_1", "content": encoded(voices[NAMES[0]]), "consent": CONSENT}
    deepaffects(own, "/v2/sync/diarization/enroll", body)
    assert shown(own, "in_dialect_1") == CONSENT


def test_a_speaker_without_consent_says_so(own: V1, voices: dict[str, bytes]) -> None:
    own.enrolled("without", voices[NAMES[0]])
    assert shown(own, "without") is None


@provokes("consent_required", dialect=2)
def test_nobody_is_enrolled_without_consent_where_it_is_required(
    strict: V1, voices: dict[str, bytes]
) -> None:
    response = strict.post(samples_of("unasked"), files={"file": voices[NAMES[0]]})
    assert (response.status_code, complaints(response)) == (403, {"consent"})


@provokes("consent_required", dialect=1)
def test_nor_in_dialect_1(strict: V1, voices: dict[str, bytes]) -> None:
    body = {"speakerId": "unasked", "content": encoded(voices[NAMES[0]])}
    assert deepaffects(strict, "/v2/sync/diarization/enroll", body).status_code == 403


def test_who_has_consented_is_enrolled_where_it_is_required(strict: V1, voices: dict[str, bytes]) -> None:
    body = {"content": encoded(voices[NAMES[0]]), "consent": CONSENT}
    assert succeeded(strict.post(samples_of("asked"), WAITING, json=body))


@provokes("consent_required", dialect=2)
def test_a_consent_that_has_expired_is_refused(own: V1, voices: dict[str, bytes]) -> None:
    body = {"content": encoded(voices[NAMES[0]]), "consent": EXPIRED}
    assert own.post(samples_of("too_late"), json=body).status_code == 403


@pytest.mark.parametrize("field", ["given_by", "given_at", "purpose"])
def test_a_consent_must_be_whole(own: V1, field: str) -> None:
    partial = {name: value for name, value in CONSENT.items() if name != field}
    response = own.post(samples_of("in_part"), json={"content": "UklGRg==", "consent": partial})
    assert (response.status_code, complaints(response)) == (400, {f"consent.{field}"})


def test_a_time_without_a_zone_is_no_time_of_a_consent(own: V1) -> None:
    consent = CONSENT | {"given_at": "2026-05-04T10:00:00"}
    response = own.post(samples_of("somewhere"), json={"content": "UklGRg==", "consent": consent})
    assert (response.status_code, complaints(response)) == (400, {"consent.given_at"})


# Erasure


def test_an_erasure_answers_with_a_receipt(own: V1, voices: dict[str, bytes]) -> None:
    own.enrolled("receipted", voices[NAMES[0]])
    receipt = own.delete("/v1/speakers/receipted").json()
    assert receipt.pop("erased_at")
    assert receipt == {"id": "receipted", "samples": 1, "voiceprints": 1, "jobs_scrubbed": 0}


def test_dialect_1_answers_as_it_always_did(own: V1, voices: dict[str, bytes]) -> None:
    own.enrolled("done_with", voices[NAMES[0]])
    answer = deepaffects(own, "/v1/sync/diarization/delete", {"speakerId": "done_with"})
    assert answer.json() == {"message": "Success"}


@pytest.fixture(scope="module")
def forgotten(stack: BackgroundStack, voices: dict[str, bytes], conversation: Conversation) -> dict[str, Any]:
    """A job that named a speaker who was erased since, with results."""
    tenant = new_tenant(stack)
    tenant.enrolled("forgotten", voices[NAMES[0]])
    with hook_answering(204) as hook:
        job = tenant.identified(excerpt(conversation, 6, 26), ["forgotten"], webhook=hook.url)
        hook.wait()
    assert "forgotten" in speakers_of(job)
    tenant.delete("/v1/speakers/forgotten?results=true")
    return {"tenant": tenant, "job": job}


def test_a_result_names_him_no_longer(forgotten: dict[str, Any]) -> None:
    found = forgotten["tenant"].get(f"/v1/jobs/{forgotten['job']['id']}/result").json()
    assert {segment["speaker"] for segment in found["segments"]} == {None}


def test_a_result_says_why_he_has_no_name(forgotten: dict[str, Any]) -> None:
    found = forgotten["tenant"].get(f"/v1/jobs/{forgotten['job']['id']}/result").json()
    assert "erased" in {segment["reason"] for segment in found["segments"]}


@provokes("voices_not_kept", dialect=2)
def test_nobody_is_enrolled_from_the_voices_of_that_job(forgotten: dict[str, Any]) -> None:
    body = {"job_id": forgotten["job"]["id"], "segments": [0]}
    assert forgotten["tenant"].post(samples_of("again"), json=body).status_code == 409


def test_an_unknown_word_is_no_answer_to_whether_results_are_meant(own: V1) -> None:
    response = own.delete("/v1/speakers/whoever?results=perhaps")
    assert (response.status_code, complaints(response)) == (400, {"results"})
