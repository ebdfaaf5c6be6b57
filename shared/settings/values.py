"""Kinds of values that settings have, read from text and refused where they cannot be meant."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, DirectoryPath, Field
from pydantic_settings import NoDecode

Network = IPv4Network | IPv6Network
SHORTEST_KEY = 20


def _parts(value: object) -> object:
    """A comma separated list's parts; what is none stays."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _networks(value: object) -> object:
    parts = _parts(value)
    if not isinstance(parts, tuple):
        return value
    return tuple(ip_network(part, strict=False) if isinstance(part, str) else part for part in parts)


def _exact_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse what a browser would never send as an origin."""
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "*" in origin:
            raise ValueError("must name origins exactly, like https://app.example; a wildcard is none")
        if origin != f"{parts.scheme}://{parts.netloc}".lower() or "@" in parts.netloc:
            raise ValueError("must have scheme, host and port only, in small letters, no slash at the end")
    return origins


def _known_database(url: str) -> str:
    if url and not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must begin with sqlite:/// or postgresql+psycopg://")
    return url


def _known_redis(url: str) -> str:
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    try:
        # Not where a password has a slash that is not percent-encoded.
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("is no URL; percent-encode what is special in its password") from None
    return url


def _known_collector(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return url


def _without_credentials(url: str) -> str:
    if "@" in urlsplit(url).netloc:
        raise ValueError("must hold no credentials; S3 takes them from AWS_ACCESS_KEY_ID and the like")
    return url


def _long_key(key: str) -> str:
    if key and len(key) < SHORTEST_KEY:
        raise ValueError(f"must have at least {SHORTEST_KEY} characters, best random ones")
    return key


Port = Annotated[int, Field(ge=1, le=65535)]
Ports = Annotated[tuple[Port, ...], NoDecode, BeforeValidator(_parts)]
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)]
Origins = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_parts), AfterValidator(_exact_origins)]
JobQueues = Annotated[tuple[Literal["sync", "enroll", "async"], ...], NoDecode, BeforeValidator(_parts)]
OptionalFolder = Annotated[DirectoryPath | None, BeforeValidator(lambda value: value or None)]
OptionalFile = Annotated[Path | None, BeforeValidator(lambda value: value or None)]
DatabaseUrl = Annotated[str, AfterValidator(_known_database)]
RedisUrl = Annotated[str, AfterValidator(_known_redis)]
CollectorUrl = Annotated[str, AfterValidator(_known_collector)]
BlobUrl = Annotated[str, AfterValidator(_without_credentials)]
LongKey = Annotated[str, AfterValidator(_long_key)]
