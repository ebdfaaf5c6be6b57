"""Addresses of services, compared."""

from contextlib import suppress
from urllib.parse import SplitResult, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def is_on_this_machine(url: str) -> bool:
    """Whether an address never leaves this machine; False for what is none."""
    return _split(url).hostname in LOOPBACK


def same_place(one: str, other: str) -> bool:
    """Whether two addresses lead to the same service, by whatever name of this machine."""
    return _place(one) == _place(other)


def _place(url: str) -> tuple[str, str | None, str, str]:
    parts = _split(url)
    host = "127.0.0.1" if parts.hostname in LOOPBACK else parts.hostname
    _, _, port = parts.netloc.rpartition("]")[2].rpartition(":")
    return parts.scheme, host, port if port.isdigit() else "", parts.path.rstrip("/")


def _split(url: str) -> SplitResult:
    with suppress(ValueError):
        return urlsplit(url)
    return SplitResult("", "", url, "", "")
