"""Every route says what its callers' keys must be good for."""

from pathlib import Path

import pytest
from flask import Flask

from api.app import create_app
from api.authentication import NEEDED, READING_METHODS
from deploy.local.lone_gateway import NO_REDIS
from shared.services import make_services
from shared.settings import Settings

# Nobody needs a key for these.
OPEN = {"/livez", "/readyz", "/openapi.json"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder: Path = tmp_path_factory.mktemp("data")
    return create_app(make_services(Settings(_env_file=None, data_dir=folder, redis_url=NO_REDIS)))  # type: ignore[call-arg]


def test_every_route_that_does_more_than_read_names_its_scope(app: Flask) -> None:
    unmarked = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) - READING_METHODS - {"OPTIONS"}
        and not hasattr(app.view_functions[rule.endpoint], NEEDED)
    ]
    assert unmarked == []


def test_every_route_but_health_and_docs_wants_a_key(app: Flask) -> None:
    http = app.test_client()
    answers = {}
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<{name}>", "a").replace(f"<string(length=36):{name}>", "a" * 36)
        method = next(iter((rule.methods or set()) - {"OPTIONS", "HEAD"}))
        answers[rule.rule] = http.open(path, method=method).status_code
    without = {path for path, status in answers.items() if status != 401}
    pages = {path for path in without if path.startswith(("/docs", "/console")) or "static" in path}
    assert without - pages == OPEN
