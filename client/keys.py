"""API keys of the tenant."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from client.connection import Call, Connection
from client.resources import ApiKey

PATH = "/v1/keys"


class Keys:
    """The API keys of the key's tenant; needs the scope admin."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> list[ApiKey]:
        """All keys, oldest first, also those that ended."""
        return self._connection.read(
            Call("GET", PATH), lambda page: [ApiKey.from_json(one) for one in page["items"]]
        )

    def create(self, scopes: Sequence[str], *, name: str = "", expires_at: datetime | None = None) -> ApiKey:
        """A new key, which is in the answer this once; its scopes are some of those of the client's key."""
        body = {"name": name, "scopes": [*scopes]}
        end = {"expires_at": expires_at.isoformat()} if expires_at else {}
        return self._connection.read(Call("POST", PATH, json=body | end), ApiKey.from_json)

    def rotate(self, key_id: str, *, overlap_seconds: int | None = None) -> ApiKey:
        """A key that takes another's place, which ends after a day unless it is said. Raises NotFound."""
        body = {} if overlap_seconds is None else {"overlap_seconds": overlap_seconds}
        return self._connection.read(Call("POST", f"{_path(key_id)}/rotate", json=body), ApiKey.from_json)

    def revoke(self, key_id: str) -> ApiKey:
        """End a key at once. Raises NotFound."""
        return self._connection.read(Call("DELETE", _path(key_id)), ApiKey.from_json)


def _path(key_id: str) -> str:
    return f"{PATH}/{quote(key_id, safe='')}"
