"""The gateway's application in this process, on a ledger of the test's own and without Redis."""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from api.app import create_app
from deploy.processes.preparation import prepare_ledger
from shared import apikeys
from shared.services import make_services
from shared.settings import Settings
from tests.ledgers import lay_ledger

KEY = apikeys.generate()
SPEAKERS = "/v1/speakers"


def app_on(folder: Path, **settings: object) -> Flask:
    """The application with a first tenant, whose key is KEY."""
    chosen = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder,
        redis_url="redis://127.0.0.1:1/0",
        bootstrap_api_key=KEY,
        **settings,  # type: ignore[arg-type]
    )
    lay_ledger(folder)
    prepare_ledger(make_services(chosen))
    return create_app(make_services(chosen))


def client_on(folder: Path, **settings: object) -> FlaskClient:
    """A client of such an application, which answers 500 instead of raising."""
    app = app_on(folder, **settings)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app.test_client()


def with_key(**headers: str) -> dict[str, str]:
    """The key's header, and others by their names with underscores."""
    return {"X-API-Key": KEY} | {name.replace("_", "-"): value for name, value in headers.items()}
