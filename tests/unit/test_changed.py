"""Changes as calls answer them: what is sent to workers, and how often."""

from pathlib import Path

import pytest

from shared.queue import JobQueue
from tests.security.in_process import app_on, with_key
from tests.store.conftest import first_tenant
from tests.store.corrected import Desk

STRANGER = 7


def test_the_same_naming_sent_again_asks_no_worker_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(JobQueue, "send_rematch", lambda _, change_id: sent.append(change_id))
    app = app_on(tmp_path)
    services = app.extensions["services"]
    job_id = Desk(services, first_tenant(services.store, services.keyring)).heard((None, STRANGER))
    headers = with_key(Idempotency_Key="once", Prefer="wait=0")
    naming = {"voice": "speaker1", "speaker": "sue", "rematch": True}
    client = app.test_client()
    first, again = (client.post(f"/v1/jobs/{job_id}/names", json=naming, headers=headers) for _ in range(2))
    assert (first.status_code, first.json, sent) == (202, again.json, [first.json["id"]])
