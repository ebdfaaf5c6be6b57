"""Changes as calls answer them: what is sent to workers, and how often."""

from pathlib import Path

import pytest
from sqlalchemy import event

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


def test_a_list_of_more_changes_asks_the_ledger_no_more_often(tmp_path: Path) -> None:
    app = app_on(tmp_path)
    services, client = app.extensions["services"], app.test_client()
    desk, asked = Desk(services, first_tenant(services.store, services.keyring)), []
    job_id = desk.heard(*[(None, STRANGER)] * 20)
    event.listen(services.store.engine, "before_cursor_execute", lambda *_: asked.append(None))
    often = []
    for voices in (range(1, 4), range(4, 20)):
        for one in voices:
            desk.name(job_id, f"speaker{one}", f"speaker_{one}")
        asked.clear()
        client.get("/v1/changes", headers=with_key())
        often.append(len(asked))
    assert often[1] <= often[0]
