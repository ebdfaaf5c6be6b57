"""API keys over HTTP: a tenant sees to his own, and none gives more than it has."""

from typing import Any

import pytest

from deploy.local.background import BackgroundStack
from tests.end_to_end.provoking import provokes
from tests.end_to_end.v1 import V1, complaints, new_tenant

KEYS = "/v1/keys"


@pytest.fixture(scope="module")
def own(stack: BackgroundStack) -> V1:
    """A tenant whose first key may do everything."""
    return new_tenant(stack)


def made(tenant: V1, *scopes: str, **fields: Any) -> dict[str, Any]:
    response = tenant.post(KEYS, json={"scopes": list(scopes), **fields})
    assert response.status_code == 201, response.text
    return dict(response.json())


def listed(tenant: V1, key_id: str) -> dict[str, Any]:
    return {one["id"]: one for one in tenant.get(KEYS).json()["items"]}[key_id]


def test_a_new_key_works(own: V1) -> None:
    assert V1(own.stack, made(own, "read")["key"]).get("/v1/jobs").status_code == 200


def test_a_list_tells_of_a_key_all_but_the_key(own: V1) -> None:
    new = made(own, "read", name="dashboard")
    assert listed(own, new["id"]) == {name: value for name, value in new.items() if name != "key"}


def test_a_key_has_the_scopes_it_was_given_and_no_others(own: V1) -> None:
    reader = V1(own.stack, made(own, "read")["key"])
    assert reader.get(KEYS).status_code == 403


@provokes("scope_missing", dialect=2)
def test_a_key_cannot_give_what_it_has_not(own: V1) -> None:
    admin = V1(own.stack, made(own, "admin")["key"])
    response = admin.post(KEYS, json={"scopes": ["admin", "read"]})
    assert (response.status_code, "read" in response.json()["detail"]) == (403, True)


def test_a_key_cannot_take_the_place_of_one_that_may_more(own: V1) -> None:
    admin, other = V1(own.stack, made(own, "admin")["key"]), made(own, "read")
    assert admin.post(f"{KEYS}/{other['id']}/rotate", json={}).status_code == 403


def test_a_revoked_key_ends_at_once(own: V1) -> None:
    new = made(own, "read")
    assert own.delete(f"{KEYS}/{new['id']}").json()["status"] == "revoked"
    assert V1(own.stack, new["key"]).get("/v1/jobs").status_code == 401


def test_a_rotated_key_ends_after_its_overlap(own: V1) -> None:
    old = made(own, "read")
    new = own.post(f"{KEYS}/{old['id']}/rotate", json={"overlap_seconds": 0}).json()
    states = [V1(own.stack, one["key"]).get("/v1/jobs").status_code for one in (old, new)]
    assert states == [401, 200]


def test_a_rotated_key_has_the_old_ones_name_and_scopes(own: V1) -> None:
    old = made(own, "read", name="dashboard")
    new = own.post(f"{KEYS}/{old['id']}/rotate", json={}).json()
    assert (new["name"], new["scopes"]) == ("dashboard", ["read"])


def test_an_expired_key_is_said_to_be_so(own: V1) -> None:
    new = made(own, "read", expires_at="2020-01-01T00:00:00Z")
    assert listed(own, new["id"])["status"] == "expired"


@pytest.mark.parametrize("call", ["delete", "rotate"])
def test_another_tenants_key_is_not_there(own: V1, stack: BackgroundStack, call: str) -> None:
    stranger, new = new_tenant(stack), made(own, "read")
    path = f"{KEYS}/{new['id']}"
    response = stranger.delete(path) if call == "delete" else stranger.post(f"{path}/rotate", json={})
    assert (response.status_code, listed(own, new["id"])["status"]) == (404, "valid")


@provokes("api_key_not_found", dialect=2)
def test_a_key_that_is_not_there_is_not_found(own: V1) -> None:
    assert own.delete(f"{KEYS}/rc_00000000").status_code == 404


@pytest.mark.parametrize("scopes", [None, [], ["everything"], "read", [1]])
def test_scopes_that_are_none_are_complained_of(own: V1, scopes: Any) -> None:
    response = own.post(KEYS, json={"scopes": scopes})
    assert response.status_code == 400
    assert {field.partition(".")[0] for field in complaints(response)} == {"scopes"}


def test_the_service_tells_of_its_workers_and_their_model(own: V1) -> None:
    service = own.get("/v1/service").json()
    assert (service["workers"]["seen"] > 0, len(service["workers"]["models"])) == (True, 1)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_time_that_no_database_keeps_is_refused(own: V1, time: str) -> None:
    response = own.post(KEYS, json={"scopes": ["read"], "expires_at": time})
    assert (response.status_code, complaints(response)) == (400, {"expires_at"})
