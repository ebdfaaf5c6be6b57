"""A browser before the running service, and what there is to see in it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from deploy.browser import NoBrowser
from deploy.local.background import BackgroundStack
from tests.end_to_end.console.browsing import Visit, chromium, visit
from tests.end_to_end.v1 import V1, new_tenant

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A real, headless Chromium."""
    with ExitStack() as ending:
        try:
            opened = ending.enter_context(chromium())
        except NoBrowser as failure:
            pytest.fail(str(failure))
        yield opened


@pytest.fixture(scope="module")
def own(stack: BackgroundStack) -> V1:
    """The module's own tenant: nobody else enrols or deletes there."""
    return new_tenant(stack)


@pytest.fixture
def console(browser: "Browser", stack: BackgroundStack) -> Iterator[Callable[..., Visit]]:
    """Opens the console, as somebody with certain wishes: ``color_scheme``, ``viewport``, …"""
    with ExitStack() as ending:

        def open_console(**options: Any) -> Visit:
            wishes = {"reduced_motion": "reduce", **options}
            return ending.enter_context(visit(browser, stack.url, **wishes))

        yield open_console
