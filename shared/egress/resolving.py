"""Asking for a name's addresses, for no longer than there is time."""

import socket
from concurrent.futures import Future
from ipaddress import ip_address
from threading import Thread
from typing import Any

from shared.egress.table import Address, unmapped


def addresses_of(host: str, port: int, seconds: float | None = None) -> list[Address]:
    """All addresses of a host, IPv4 first. Raises OSError for none, also after so many seconds; UnicodeError.

    The system's resolver cannot be interrupted, and whoever runs a name's server decides how long it takes.
    """
    answer: Future[list[Any]] = Future()

    def ask() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:  # noqa: BLE001 - raised again by whoever waits for the answer
            answer.set_exception(error)

    Thread(target=ask, name="resolving", daemon=True).start()
    found = {unmapped(ip_address(str(info[4][0]).split("%")[0])) for info in answer.result(seconds)}
    if not found:
        raise OSError(f"{host} has no address")
    return sorted(found, key=lambda address: (address.version, int(address)))
