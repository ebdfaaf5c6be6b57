"""A resolver of the tests' own: names that they make up, and literals as the system reads them."""

import socket
from collections.abc import Callable
from typing import Any

Answers = list[list[str]]
"""The addresses of one name: for the first question, the second, and so on; the last answer stays."""


def resolver(names: dict[str, Answers]) -> Callable[..., list[Any]]:
    """To be put in the place of ``socket.getaddrinfo``; asks no server."""
    real = socket.getaddrinfo
    asked = dict.fromkeys(names, 0)

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        name = str(host).rstrip(".").lower()
        if name not in names:
            return real(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        answers = names[name]
        addresses = answers[min(asked[name], len(answers) - 1)]
        asked[name] += 1
        return [_info(address, port) for address in addresses]

    return getaddrinfo


def _info(address: str, port: int) -> tuple[Any, ...]:
    if ":" in address:
        return (socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, port, 0, 0))
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
