"""Requests to one service with one key: retried where that is safe; every failure is an error of the tree."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt
from urllib3.exceptions import HTTPError

from client.addresses import is_on_this_machine
from client.errors import Busy, Refused, UnexpectedAnswer, Unreachable
from client.failures import refusal, unreachable
from client.uploads import FormUpload

Resource = TypeVar("Resource")
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
LONGEST_RETRY_AFTER_SECONDS = 120.0
CONNECT_SECONDS = 10.0
# Of a proxy before the service, when that does not answer it.
GATEWAY_FAULTS = {502, 504}
REDIRECTS = range(300, 400)
PAGE = 200
MOST_CONNECTIONS = 64


@dataclass(frozen=True)
class Call:
    """A request. ``repeatable`` says that the service takes it twice as once."""

    method: str
    path: str
    params: Mapping[str, Any] = field(default_factory=dict)
    json: Any = None
    upload: FormUpload | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    stream: bool = False
    timeout_seconds: float | None = None
    accepted: frozenset[int] = frozenset()
    """Statuses that are an answer here, and no refusal."""

    @property
    def may_be_repeated(self) -> bool:
        """Whether sending it once more does no harm, and can be done."""
        return (self.repeatable or self.method == "GET") and self.can_be_sent_again

    @property
    def can_be_sent_again(self) -> bool:
        """Whether its body is still there."""
        return self.upload is None or self.upload.can_be_sent_again


class Connection:
    """Sends calls. ``attempts`` counts the first; ``sleep`` is for tests."""

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        timeout_seconds: float = 60,
        attempts: int = 4,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self.timeout_seconds = timeout_seconds
        self._attempts = attempts
        self.sleep = sleep
        self._http = requests.Session()
        # What is asked of this machine is no proxy's business.
        self._http.trust_env = not is_on_this_machine(self.url)
        for scheme in ("http://", "https://"):
            self._http.mount(scheme, HTTPAdapter(pool_maxsize=MOST_CONNECTIONS))
        if api_key:
            self._http.headers["X-API-Key"] = api_key

    def send(self, call: Call) -> requests.Response:
        """The answer, whose status is below 300. Raises Refused, Unreachable or UnexpectedAnswer."""
        retrying = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=_pause_seconds,
            retry=retry_if_exception(lambda error: _is_worth_another_try(error, call)),
            sleep=self.sleep,
            reraise=True,
        )
        return retrying(self._send_once, call)

    def read(self, call: Call, build: Callable[[Any], Resource]) -> Resource:
        """What is built of the answer's JSON. Raises the same."""
        response = self.send(call)
        with self._expecting_rollcall():
            return build(response.json())

    def pages(self, path: str, build: Callable[[Any], Resource], **query: Any) -> Iterator[Resource]:
        """Every item of a list, a page at a time as they are asked for."""
        wanted = {"limit": PAGE} | {name: value for name, value in query.items() if value is not None}
        while True:
            items, cursor = self.read(
                Call("GET", path, params=wanted),
                lambda page: ([build(item) for item in page["items"]], page["next_cursor"]),
            )
            yield from items
            if cursor is None:
                return
            wanted = wanted | {"cursor": cursor}

    def _send_once(self, call: Call) -> requests.Response:
        headers = dict(call.headers)
        if call.upload is not None:
            headers["Content-Type"] = call.upload.content_type
        seconds = call.timeout_seconds or self.timeout_seconds
        try:
            response = self._http.request(
                call.method,
                self.url + call.path,
                params=dict(call.params),
                json=call.json,
                data=call.upload.from_the_start() if call.upload else None,  # type: ignore[arg-type]
                headers=headers,
                timeout=(min(CONNECT_SECONDS, seconds), seconds),
                stream=call.stream,
                # Followed, it would take the key to whomever it names.
                allow_redirects=False,
            )
        except (requests.RequestException, HTTPError, UnicodeError) as error:
            raise unreachable(self.url, error) from None
        if response.status_code in REDIRECTS:
            where = response.headers.get("Location", "elsewhere")
            raise UnexpectedAnswer(
                f"{self.url} redirects to {where}; give the address of the service itself."
            )
        if not response.ok and response.status_code not in call.accepted:
            raise refusal(self.url, response)
        return response

    @contextmanager
    def _expecting_rollcall(self) -> Iterator[None]:
        try:
            yield
        except (KeyError, TypeError, ValueError, AttributeError):
            raise UnexpectedAnswer(
                f"What answers at {self.url} does not speak like Rollcall, or is of another version; "
                "check the address."
            ) from None


def _is_worth_another_try(error: BaseException, call: Call) -> bool:
    if call.stream:
        return False  # whoever reads it knows from where to go on, and another way if there is none
    if isinstance(error, Busy):
        # A 429 says that nothing was taken on. A 503 may come after the commit.
        wait = error.retry_after_seconds or 0
        harmless = call.may_be_repeated or (
            error.status == requests.codes.too_many and call.can_be_sent_again
        )
        return harmless and wait <= LONGEST_RETRY_AFTER_SECONDS
    if isinstance(error, Refused):
        return error.status in GATEWAY_FAULTS and call.may_be_repeated
    if isinstance(error, Unreachable):
        return call.may_be_repeated or (not error.was_sent and call.can_be_sent_again)
    return False


def _pause_seconds(state: RetryCallState) -> float:
    """What the service asks for; else twice as long each time, and not all callers at the same moment."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, Refused) else None
    if asked is not None:
        return asked + random.uniform(0, FIRST_PAUSE_SECONDS)  # noqa: S311 - no secret
    longest = min(FIRST_PAUSE_SECONDS * 2**state.attempt_number, LONGEST_PAUSE_SECONDS)
    return random.uniform(longest / 2, longest)  # noqa: S311 - no secret
