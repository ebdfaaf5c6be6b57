"""What a url names: the host and port that a request to it would go to."""

import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from requests import PreparedRequest, RequestException

from shared.egress.table import Address
from shared.errors import InvalidField

DEFAULT_PORTS: Final = {"http": 80, "https": 443}
HOST: Final = re.compile(r"[\w.:-]+", re.ASCII)
"""Of names, after IDNA, and of addresses; neither zones nor what is percent-encoded."""
LONGEST_URL: Final = 8000
"""Characters; parsing takes long for a url of megabytes."""
MOST_REMEMBERED: Final = 500
"""Targets; callers have few webhooks, and requests takes long to read one."""
THIS_MACHINE: Final = IPv4Address("127.0.0.1")


@dataclass(frozen=True)
class Target:
    """Host and port of a url; the address, if the host is one in any of its spellings."""

    host: str
    port: int
    address: Address | None


@lru_cache(maxsize=MOST_REMEMBERED)
def target_of(url: str, field: str) -> Target:
    """The target of a url, without asking DNS. Raises InvalidField for what is no plain web address."""
    written, sent = _split(url, field)
    if "@" in written.netloc or "@" in sent.netloc:
        raise InvalidField(f"{field} must not contain a user name or password.", field=field)
    host = sent.hostname
    if sent.scheme not in DEFAULT_PORTS or not host or not HOST.fullmatch(host):
        raise _no_web_address(field)
    port = DEFAULT_PORTS[sent.scheme] if sent.port is None else sent.port
    return Target(host, port, _address_named_by(host))


def _split(url: str, field: str) -> tuple[SplitResult, SplitResult]:
    """The url as written, and as requests will send it: another reading of it would check another host."""
    # Parsers differ on what a backslash, a blank or a control character ends.
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        raise _no_web_address(field)
    prepared = PreparedRequest()
    try:
        prepared.prepare_url(url, None)
        written, sent = urlsplit(url), urlsplit(str(prepared.url))
        # Requests leaves out a port of 0.
        usable = written.port != 0 and sent.port != 0
    except (RequestException, ValueError):
        usable = False
    if not usable:
        raise _no_web_address(field)
    return written, sent


def _no_web_address(field: str) -> InvalidField:
    return InvalidField(
        f"{field} must be an absolute http or https url such as https://example.com/hook.", field=field
    )


def _address_named_by(host: str) -> Address | None:
    name = host.strip("[]").rstrip(".").lower()
    if name in {"localhost", "localhost.localdomain"} or name.endswith(".localhost"):
        return THIS_MACHINE
    try:
        return ip_address(name)
    except ValueError:
        pass
    try:
        # The forms that resolvers accept and people use to slip through: 127.1, 0x7f000001, 2130706433.
        return IPv4Address(socket.inet_aton(name))
    except (OSError, ValueError):
        return None
