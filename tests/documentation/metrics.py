"""docs/metrics.md: every metric, by who counts it, and every alert."""

from collections.abc import Callable
from functools import cache
from typing import Final

import yaml

from shared.metrics import ALL, Definition, State, definitions
from tests.documentation.pages import ROOT, table

HEAD: Final = ("metric", "kind", "labels", "what it says")


def parts() -> dict[str, Callable[[], str]]:
    """The tables of the page, by their marks."""
    return {
        "metrics of the gateway": lambda: _rows("gateway"),
        "metrics of the whole service": lambda: _rows("service"),
        "metrics of workers": lambda: _rows("workers"),
        "alerts": alerts,
    }


def alerts() -> str:
    """When Prometheus complains, as `deploy/observability/alerts.yml` has it."""
    read = yaml.safe_load((ROOT / "deploy/observability/alerts.yml").read_text())
    rules = [rule for group in read["groups"] for rule in group["rules"]]
    found = [
        (f"`{rule['alert']}`", rule["labels"]["severity"], rule.get("for", "–"), _plain(rule))
        for rule in rules
    ]
    return table(("alert", "severity", "after", "what it says"), found)


def _plain(rule: dict[str, dict[str, str]]) -> str:
    return rule["annotations"]["summary"].replace("{{ ", "`").replace(" }}", "`")


def _rows(counted_by: str) -> str:
    chosen = [one for one in ALL if _counted_by(one) == counted_by]
    return table(HEAD, [_row(one) for one in chosen])


def _row(one: Definition) -> tuple[str, ...]:
    labels = ", ".join(f"`{label}`" for label in one.labels) or "–"
    return f"`{one.name}`", type(one).__name__.lower(), labels, one.text


def _counted_by(one: Definition) -> str:
    """Who counts it: what the gateway alone names in its code is the gateway's."""
    if isinstance(one, State):
        return "service"
    (constant,) = [name for name, value in vars(definitions).items() if value is one]
    return "gateway" if constant in _code("api") and constant not in _code("worker") else "workers"


@cache
def _code(room: str) -> str:
    return "\n".join(path.read_text() for path in sorted((ROOT / room).rglob("*.py")))
