"""A service as `make run` starts it, and for each page a folder, a tenant and recordings of its own."""

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from deploy.demo.files import write_files
from deploy.local.background import BackgroundStack
from deploy.local.checks import free_port
from shared.domain import ALL_SCOPES
from shared.services import load_keyring
from shared.store import api_keys
from shared.store.tenants import add_tenant
from tests.documentation.blocks import blocks_of
from tests.documentation.pages import ROOT
from tests.documentation.session import Typed, like_a_checkout, type_in
from tests.end_to_end.serving import ledger, settings_of
from tests.end_to_end.v1 import once

AT_ONCE = 2
# Its first commands start services for themselves, so it need not wait for this one.
STARTS_WITH_ITS_OWN = ROOT / "README.md"
SERVICE = {
    "ROLLCALL_EGRESS_ALLOW": "127.0.0.0/8",
    # The recording that comes along has some ten seconds of each voice.
    "ROLLCALL_ENROLL_COMPLETE_SECONDS": "6",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BackgroundStack]:
    """The service that pages talk to: it takes jobs, and its worker may still be loading its models."""
    stack = BackgroundStack(tmp_path_factory.mktemp("service"), **SERVICE)
    stack.start()
    try:
        once(lambda: _answers(f"{stack.url}/livez"), bool)
        yield stack
    finally:
        stack.stop()


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that pages speak of, which readers have of their own."""
    folder = tmp_path_factory.mktemp("recordings")
    write_files(folder)
    return folder


@pytest.fixture(scope="module")
def typed(
    request: pytest.FixtureRequest,
    service: BackgroundStack,
    recordings: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[Path], Typed]]:
    """What comes of a page; the pages that tests ask for are each typed once, two at a time."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        typing = {}
        asked = _asked_for(request.session.items)
        for page in sorted(asked, key=lambda page: page != STARTS_WITH_ITS_OWN):
            if page != STARTS_WITH_ITS_OWN:
                service.wait_until_ready()
            folder = tmp_path_factory.mktemp("page")
            like_a_checkout(folder)
            for file in recordings.iterdir():
                shutil.copy(file, folder)
            _data_of_a_tenant(service, page.name, folder / ".rollcall")
            real = {"127.0.0.1:8000": f"127.0.0.1:{service.port}", "9000": str(free_port())}
            environment = _like_a_terminal() | {"HOME": str(folder)}
            typing[page] = pool.submit(type_in, blocks_of(page), folder, environment, real)
        yield lambda page: typing[page].result()


def _asked_for(items: list[pytest.Item]) -> list[Path]:
    """The pages that are parameters of tests, in the order of the tests."""
    found: list[Path] = []
    for item in items:
        parameters = getattr(item, "callspec", None)
        if parameters and "typed" in getattr(item, "fixturenames", ()):
            one = parameters.params.get("page") or parameters.params["printing"].page
            found.append(one)
    return list(dict.fromkeys(found))


def _data_of_a_tenant(service: BackgroundStack, name: str, folder: Path) -> None:
    """The service's data dir by links, but with a tenant's key as its first key."""
    folder.mkdir()
    for path in service.data_dir.iterdir():
        (folder / path.name).symlink_to(path)
    for file, text in (("api_key", _key_of_a_tenant(service, name)), ("url", service.url)):
        (folder / file).unlink(missing_ok=True)
        (folder / file).write_text(text)


def _key_of_a_tenant(service: BackgroundStack, name: str) -> str:
    store = ledger(service)
    with store.writing() as session:
        tenant_id = add_tenant(session, name, load_keyring(settings_of(service)))
        key = api_keys.add(session, tenant_id, "first", ALL_SCOPES).key
    store.close()
    return key


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


def _like_a_terminal() -> dict[str, str]:
    """The environment without what a test's own process was told."""
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("ROLLCALL_", "FLOWER_"))
    }
