"""docker-compose.yml, read."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}


def secret_targets(service: dict[str, Any]) -> dict[str, str]:
    """What a service finds under /run/secrets: for each file the secret that is in it."""
    given = service.get("secrets", [])
    return {one["target"]: one["source"] for one in given if isinstance(one, dict)} | {
        one: one for one in given if isinstance(one, str)
    }


def seconds(text: str) -> float:
    """A duration as compose writes it, of seconds only."""
    return float(text.removesuffix("s"))
