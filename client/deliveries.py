"""Deliveries of webhooks."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from client.connection import Call, Connection
from client.resources import Delivery

PATH = "/v1/deliveries"


class Deliveries:
    """The deliveries of the key's tenant."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self, *, status: str | None = None) -> Iterator[Delivery]:
        """All, newest first, fetched as they are asked for."""
        return self._connection.pages(PATH, Delivery.from_json, status=status)

    def get(self, delivery_id: str) -> Delivery:
        """A delivery with every attempt. Raises NotFound."""
        return self._connection.read(Call("GET", _path(delivery_id)), Delivery.from_json)

    def redeliver(self, delivery_id: str) -> Delivery:
        """Send one again now. Raises NotFound."""
        return self._connection.read(Call("POST", f"{_path(delivery_id)}/redeliver"), Delivery.from_json)

    def redeliver_since(self, since: datetime) -> int:
        """Send again all that were given up since a time, which has its zone; how many those are."""
        call = Call("POST", f"{PATH}/redeliver", json={"since": since.isoformat()})
        return self._connection.read(call, lambda fields: int(fields["redelivered"]))


def _path(delivery_id: str) -> str:
    return f"{PATH}/{quote(delivery_id, safe='')}"
