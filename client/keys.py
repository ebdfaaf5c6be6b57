"""API keys of the tenant."""

from client.connection import Connection

PATH = "/v1/keys"


class Keys:
    """The API keys of the key's tenant; needs the scope admin."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
