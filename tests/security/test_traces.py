"""Nothing of an erased speaker is left, and no secret stands in clear: a real service is searched."""

import base64
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.store.audit import subject_of_speaker
from shared.store.schema import AuditRecord
from tests.end_to_end.conftest import NAMES, PREFIX
from tests.end_to_end.serving import ledger
from tests.end_to_end.v1 import (
    V1,
    WAITING,
    encoded,
    excerpt,
    gate_before,
    hook_answering,
    new_tenant,
    once,
    samples_of,
    speakers_of,
    succeeded,
)
from tests.security.conftest import Places
from tests.security.vault import Vault, read_vault

LEAVING, STAYING = "leaving_speaker_7f3a91", "staying_speaker_22c0de"
CONSENT = {
    "given_by": "Somebody Forgettable",
    "given_at": "2026-05-04T10:00:00Z",
    "purpose": "minutes of meetings",
}
CREDENTIALS = "X-Signature=5d2a41c7f00ba9"
HOOK_PATH, HOOK_TOKEN = "hook-b7d1f0c2aa93", "token-4e19c8d2b6"
ANSWER = b"noted for somebody_whom_a_receiver_named"
# As bodies of the two dialects spell it, and nothing else in the ledger.
IN_BODIES = [f'"speaker": "{LEAVING}"', f'"speaker_id": "{LEAVING}", "start"']


@dataclass(frozen=True)
class Run:
    """A tenant who has used all of the service, and what may be found nowhere."""

    tenant: V1
    vault: Vault
    audio: list[bytes]
    job: dict[str, Any]


@pytest.fixture(scope="module")
def run(
    searched: BackgroundStack, places: Places, voices: dict[str, bytes], conversation: Conversation
) -> Run:
    """Two people enrolled, by upload and by url, and identified in both dialects, with webhooks."""
    tenant = new_tenant(searched)
    talk = excerpt(conversation, 6, 26)
    body = {"content": encoded(voices[NAMES[0]]), "consent": CONSENT}
    succeeded(tenant.post(samples_of(LEAVING), WAITING, json=body))
    with gate_before(voices[NAMES[1]]) as gate, hook_answering(200, ANSWER) as hook:
        gate.open()
        by_url = {"url": f"{gate.url}?{CREDENTIALS}"}
        succeeded(tenant.post(samples_of(STAYING), WAITING, json=by_url))
        address = f"{hook.url}/{HOOK_PATH}?{HOOK_TOKEN}"
        job = tenant.identified(talk, [LEAVING, STAYING], webhook=address)
        both = {"speakerIds": [LEAVING, STAYING], "content": encoded(talk)}
        tenant.post(f"{PREFIX}/v2/async/diarization/identify", params={"webhook": address}, json=both)
        posts = [hook.wait().raw.decode() for _ in range(2)]
        once(lambda: answers_of(tenant), lambda told: told == [ANSWER.decode()] * 2)
    assert [any(spelt in post for post in posts) for spelt in IN_BODIES] == [True, True]
    assert {LEAVING, STAYING} <= speakers_of(job)
    return Run(tenant, read_vault(tenant), [voices[NAMES[0]], voices[NAMES[1]], talk], job)


def answers_of(tenant: V1) -> list[str]:
    """What receivers answered to the tenant's deliveries."""
    rows = [row for page in tenant.pages("/v1/deliveries") for row in page]
    read = [tenant.get(f"/v1/deliveries/{row['id']}").json() for row in rows]
    return [attempt["answer"] for one in read for attempt in one["attempts"]]


def pieces(whole: bytes, length: int = 24) -> list[bytes]:
    """Pieces from all over, that occur nowhere by chance."""
    starts = range(len(whole) // 8, len(whole) - length, max(1, len(whole) // 16))
    found = [whole[start : start + length] for start in starts]
    return [piece for piece in found if len(set(piece)) > length // 2]


# What is secret stands nowhere in clear


def test_the_api_key_is_nowhere(run: Run, places: Places) -> None:
    assert places.with_any(run.tenant.key.encode()) == []


def test_the_first_tenants_key_is_nowhere(run: Run, places: Places) -> None:
    assert places.with_any(run.tenant.stack.api_key.encode()) == []


def test_the_credentials_of_an_address_are_nowhere(run: Run, places: Places) -> None:
    assert places.with_any(CREDENTIALS.encode()) == []


@pytest.mark.parametrize("needle", [HOOK_PATH, HOOK_TOKEN])
def test_nothing_of_a_webhooks_address_is_anywhere(run: Run, places: Places, needle: str) -> None:
    assert places.with_any(needle.encode()) == []


@pytest.mark.parametrize("needle", IN_BODIES)
def test_no_body_of_a_webhook_is_anywhere(run: Run, places: Places, needle: str) -> None:
    assert places.with_any(needle.encode()) == []


def test_no_answer_of_a_receiver_is_anywhere(run: Run, places: Places) -> None:
    assert places.with_any(ANSWER[10:]) == []


def test_no_voiceprint_is_anywhere_in_clear(run: Run, places: Places) -> None:
    needles = [piece for plain in run.vault.plain.values() for piece in pieces(plain, 16)]
    assert places.with_any(*needles) == []


def test_no_audio_is_left_anywhere(run: Run, places: Places) -> None:
    raw = [piece for audio in run.audio for piece in pieces(audio)]
    assert once(lambda: places.with_any(*raw), lambda found: not found) == []


def test_no_audio_is_left_anywhere_in_base64(run: Run, places: Places) -> None:
    # In whichever of the three places of a group of bytes a piece begins.
    needles = [
        base64.b64encode(piece[shift : shift + 21])[:-4]
        for audio in run.audio
        for piece in pieces(audio)
        for shift in range(3)
    ]
    assert places.with_any(*needles) == []


def test_the_search_finds_what_is_there(run: Run, places: Places) -> None:
    assert any(name.startswith("rollcall.db") for name in places.with_any(STAYING.encode()))


def test_the_search_sees_what_tasks_were_told(run: Run, places: Places) -> None:
    assert run.job["id"].encode() in places.messages()["messages"]


def test_the_search_sees_what_flower_shows(run: Run, places: Places) -> None:
    assert once(
        lambda: [name for name, held in places.shown().items() if run.job["id"].encode() in held], bool
    )


# An erased speaker


@pytest.fixture(scope="module")
def erased(run: Run) -> Run:
    """The same after one of the two was erased with results."""
    response = run.tenant.delete(f"/v1/speakers/{LEAVING}?results=true")
    assert response.status_code == 200, response.text
    return run


def test_his_name_is_left_nowhere(erased: Run, places: Places) -> None:
    assert once(lambda: places.with_any(LEAVING.encode()), lambda found: not found) == []


def test_who_consented_for_him_is_left_nowhere(erased: Run, places: Places) -> None:
    needle = CONSENT["given_by"].encode()
    assert once(lambda: places.with_any(needle), lambda found: not found) == []


def test_his_voiceprint_is_left_nowhere_even_sealed(erased: Run, places: Places) -> None:
    needles = [piece for sealed in erased.vault.sealed[LEAVING] for piece in pieces(sealed, 16)]
    assert once(lambda: places.with_any(*needles), lambda found: not found) == []


def test_his_erasure_is_on_record(erased: Run) -> None:
    store = ledger(erased.tenant.stack)
    with store.reading() as session:
        records = session.scalars(select(AuditRecord.subject)).all()
    store.close()
    assert records == [subject_of_speaker(erased.vault.key, LEAVING)]


def test_who_was_not_erased_is_still_there(erased: Run) -> None:
    assert erased.tenant.get(f"/v1/speakers/{STAYING}").status_code == 200
