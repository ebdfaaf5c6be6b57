"""Settings from files of their own: how containers are handed passwords and keys."""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic_settings import SecretsSettingsSource


class SecretFiles(SecretsSettingsSource):
    """Files that are called as the variables are, in the folder that the sources before this one name."""

    def __call__(self) -> dict[str, Any]:
        """What the files hold; nothing without a folder, or with a wrong one, which its field refuses."""
        folder = self.current_state.get("secrets_dir")
        self.secrets_dir = folder if folder and Path(folder).is_dir() else None
        return super().__call__()


def with_password(url: str, password: str) -> str:
    """``url`` with a password, which needs no percent-encoding, in place of the one that it may have."""
    parts = urlsplit(url)
    if not password or not parts.hostname:
        return url
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{parts.username or ''}:{quote(password, safe='')}@{host}").geturl()
