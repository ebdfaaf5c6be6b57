"""Sees every connection that this process starts, where Python hands it to the system."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network
from typing import Any

from shared.settings.values import Network

# An audit hook cannot be taken away again; there is one, and it does nothing while nobody watches.
_watching: "list[Witness]" = []
SENDING = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class Witness:
    """What was connected to; addresses outside of ``harmless`` are noted, and not connected to."""

    def __init__(self, harmless: list[Network]) -> None:
        self.connections: list[tuple[str, int]] = []
        self._harmless = harmless

    @property
    def strays(self) -> list[tuple[str, int]]:
        """The connections to anything but the harmless addresses."""
        return [seen for seen in self.connections if not self._is_harmless(seen[0])]

    def note(self, host: str, port: int) -> None:
        """A connection is about to be made. Raises OSError if it must not be."""
        self.connections.append((host, port))
        if not self._is_harmless(host):
            raise OSError("the test does not let this connection through")

    def _is_harmless(self, host: str) -> bool:
        address = ip_address(host.split("%", maxsplit=1)[0])
        return any(address in network for network in self._harmless if network.version == address.version)


@contextmanager
def witnessed(*harmless: str) -> Iterator[Witness]:
    """Watch all threads of this process while the block runs."""
    witness = Witness([ip_network(network) for network in harmless])
    _watching.append(witness)
    try:
        yield witness
    finally:
        _watching.remove(witness)


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _watching or event not in SENDING:
        return
    address = args[1]
    if isinstance(address, tuple):
        for witness in list(_watching):
            witness.note(str(address[0]), int(address[1]))


sys.addaudithook(_hook)
