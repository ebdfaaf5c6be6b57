"""A second tenant's key, tried on everything that belongs to the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from sqlalchemy import event

from api.app import create_app
from deploy.demo.conversation import Conversation
from deploy.local.background import BackgroundStack
from shared.services import make_services
from shared.settings import Settings
from tests.end_to_end.conftest import PREFIX, conversation, metrics_port, stack, voices
from tests.end_to_end.v1 import NOISE, V1, encoded, hook_answering, new_tenant, once

__all__ = ["conversation", "metrics_port", "stack", "voices"]

NOBODYS = {
    "sample_id": "11111111-2222-3333-4444-555555555555",
    "job_id": "22222222-2222-3333-4444-555555555555",
    "change_id": "44444444-2222-3333-4444-555555555555",
    "delivery_id": "33333333-2222-3333-4444-555555555555",
    "request_id": "no-such-request",
}
SPEAKER = "the_first_tenants_own"


@dataclass(frozen=True)
class Owned:
    """Ids of everything a tenant has."""

    tenant: V1
    speaker_id: str
    sample_id: str
    job_id: str
    change_id: str
    delivery_id: str
    request_id: str


@pytest.fixture(scope="module")
def owned(stack: BackgroundStack, conversation: Conversation, voices: dict[str, bytes]) -> Iterator[Owned]:
    """One of everything."""
    tenant = new_tenant(stack)
    voice = next(iter(voices.values()))
    with hook_answering(204) as hook:
        sample = tenant.enrolled(SPEAKER, voice)["result"]["sample_id"]
        audio = conversation.audio.read_bytes()
        job = tenant.identified(audio, "all", webhook=hook.url)
        hook.wait()
        called = job["result"]["segments"][0]["speaker"] or job["result"]["segments"][0]["label"]
        naming = {"voice": called, "speaker": SPEAKER, "enroll": False}
        change = tenant.post(f"/v1/jobs/{job['id']}/names", json=naming).json()
        deliveries = once(lambda: tenant.get("/v1/deliveries").json()["items"], bool)
        answer = tenant.post(
            f"{PREFIX}/v2/async/diarize?request_id=first-tenants&webhook={hook.url}",
            json={"encoding": "WAV", "content": encoded(NOISE)},
        )
        assert answer.status_code == 202, answer.text
        yield Owned(tenant, SPEAKER, sample, job["id"], change["id"], deliveries[0]["id"], "first-tenants")


@pytest.fixture(scope="module")
def stranger(stack: BackgroundStack, owned: Owned) -> V1:
    """Another tenant."""
    return new_tenant(stack)


READS = [
    "/v1/jobs/{job_id}",
    "/v1/jobs/{job_id}/result",
    "/v1/jobs/{job_id}/events",
    "/v1/speakers/{speaker_id}",
    "/v1/speakers/{speaker_id}/samples",
    "/v1/speakers/{speaker_id}/samples/{sample_id}",
    "/v1/deliveries/{delivery_id}",
    "/v1/changes/{change_id}",
    PREFIX + "/v2/sync/diarization/enroll?speakerId={speaker_id}",
    "/transaction/generic/api/v1/async/status?request_id={request_id}",
]
CHANGES = [
    ("DELETE", "/v1/jobs/{job_id}", None),
    ("DELETE", "/v1/jobs/{job_id}/result", None),
    ("DELETE", "/v1/speakers/{speaker_id}", None),
    ("DELETE", "/v1/speakers/{speaker_id}/samples/{sample_id}", None),
    ("POST", "/v1/deliveries/{delivery_id}/redeliver", None),
    ("POST", "/v1/changes/{change_id}/undo", None),
    ("POST", "/v1/jobs/{job_id}/names", {"voice": "{speaker_id}", "speaker": "thief"}),
    ("POST", "/v1/speakers/{speaker_id}/rematch", {}),
    ("POST", "/v1/speakers/{speaker_id}/rename", {"speaker": "thief"}),
    ("POST", "/v1/speakers/{speaker_id}/merge", {"speaker": "thief"}),
    ("POST", PREFIX + "/v1/sync/diarization/delete", {"speakerId": "{speaker_id}"}),
    ("POST", "/v1/speakers/thief/samples", {"job_id": "{job_id}", "segments": [0]}),
    ("POST", "/v1/identifications", {"content": encoded(NOISE), "speakers": ["{speaker_id}"]}),
]
CALLS = [("GET", path, None) for path in READS] + CHANGES


def asked(tenant: V1, call: tuple[str, str, Any], ids: dict[str, str]) -> requests.Response:
    method, path, body = call

    def filled(value: Any) -> Any:
        return value.format(**ids) if isinstance(value, str) else [filled_one(one) for one in value]

    def filled_one(value: Any) -> Any:
        return value.format(**ids) if isinstance(value, str) else value

    json = None if body is None else {name: filled(value) for name, value in body.items()}
    return tenant.send(method, path.format(**ids), json=json)


def ids_of(owned: Owned) -> dict[str, str]:
    return {name: value for name, value in vars(owned).items() if isinstance(value, str)}


def of_nobody() -> dict[str, str]:
    return NOBODYS | {"speaker_id": "x" * len(SPEAKER)}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call[0]} {call[1]}")
def test_what_is_anothers_answers_as_what_is_not(
    owned: Owned, stranger: V1, call: tuple[str, str, Any]
) -> None:
    theirs, nobodys = asked(stranger, call, ids_of(owned)), asked(stranger, call, of_nobody())
    text = nobodys.text
    for name, value in of_nobody().items():
        text = text.replace(value, ids_of(owned)[name])
    assert (theirs.status_code, theirs.text) == (nobodys.status_code, text)
    assert theirs.status_code in {400, 404}


@pytest.mark.parametrize("path", READS)
def test_the_owner_himself_reads_it(owned: Owned, path: str) -> None:
    with owned.tenant.send("GET", path.format(**ids_of(owned)), stream=True) as response:
        assert response.status_code == 200


@pytest.mark.parametrize(
    "path", ["/v1/jobs", "/v1/speakers", "/v1/deliveries", "/v1/changes", "/v1/speakers/confusable"]
)
def test_lists_of_another_tenant_are_empty(stranger: V1, path: str) -> None:
    assert stranger.get(path).json()["items"] == []


@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/deliveries"])
def test_anothers_cursor_opens_nothing(owned: Owned, stranger: V1, path: str) -> None:
    cursor = owned.tenant.get(path, limit=1).json()["next_cursor"] or "WyIyMDI2LTAxLTAxIiwgImEiXQ"
    response = stranger.get(path, cursor=cursor)
    assert response.json().get("items", []) == []


def test_all_that_was_tried_changed_nothing(owned: Owned) -> None:
    left = [
        owned.tenant.get(path.format(**ids_of(owned))).status_code for path in READS if "events" not in path
    ]
    assert set(left) == {200}


@pytest.mark.parametrize("path", [path for path in READS if path.startswith("/v1")])
def test_a_404_takes_the_same_steps_for_anothers_as_for_nobodys(
    stack: BackgroundStack, owned: Owned, stranger: V1, path: str
) -> None:
    """Equal statements in an equal order: there is nothing in time to tell them by."""
    settings = Settings(_env_file=None, data_dir=stack.data_dir, redis_url="redis://127.0.0.1:1/0")  # type: ignore[call-arg]
    services = make_services(settings)
    http = create_app(services).test_client()
    statements: list[str] = []
    event.listen(
        services.store.engine, "before_cursor_execute", lambda *args: statements.append(str(args[2]))
    )
    seen = []
    for ids in (ids_of(owned), of_nobody()):
        statements.clear()
        http.get(path.format(**ids), headers={"X-API-Key": stranger.key})
        seen.append([one for one in statements if not one.startswith("UPDATE api_keys")])
    services.store.close()
    assert seen[0] == seen[1] != []
