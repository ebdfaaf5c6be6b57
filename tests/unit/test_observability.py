"""Dashboards, alerts and docs name the metrics that there are."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from shared.errors import all_errors
from shared.metrics import ALL, Counter, Definition, Histogram

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy/observability"
DASHBOARD = json.loads((FOLDER / "grafana/dashboards/rollcall.json").read_text())
GROUPS = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
SCRAPED = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
TARGETS = [target for panel in DASHBOARD["panels"] for target in panel.get("targets", ())]
DOCS = (ROOT / "docs/metrics.md").read_text()

# What Prometheus itself adds.
OF_THE_TARGET = frozenset({"job", "instance"})
SERIES = dict(one for definition in ALL for one in definition.series()) | {"up": frozenset[str]()}
UNITS = ("_seconds", "_bytes", "_ratio", "_seconds_total", "_timestamp_seconds")
# These are numbers of things, whose name says which.
COUNTED = {"rollcall_queue_waiting", "rollcall_queue_messages", "rollcall_jobs", "rollcall_deliveries"} | {
    "rollcall_workers",
    "rollcall_store_up",
}


@dataclass(frozen=True)
class Query:
    """A query, and the labels that a text beside it shows of what comes out."""

    expression: str
    shown: frozenset[str]

    def parts(self) -> list[Any]:
        """Every node of its tree."""
        found: list[Any] = []
        promql.walk(
            promql.parse(self.expression.replace("$__rate_interval", "5m")), found.append, lambda _: None
        )
        return found

    def selectors(self) -> list[Any]:
        """The nodes that name a metric."""
        return [part for part in self.parts() if isinstance(part, promql.VectorSelector)]


def queries() -> Iterator[Query]:
    for target in TARGETS:
        yield Query(target["expr"], frozenset(re.findall(r"{{\s*(\w+)\s*}}", target["legendFormat"])))
    for rule in RULES:
        texts = " ".join(rule["annotations"].values())
        yield Query(rule["expr"], frozenset(re.findall(r"\$labels\.(\w+)", texts)))


QUERIES = list(queries())
every_query = pytest.mark.parametrize("query", QUERIES, ids=lambda query: " ".join(query.expression.split()))


@every_query
def test_a_query_names_metrics_that_exist(query: Query) -> None:
    assert {selector.name for selector in query.selectors()} - set(SERIES) == set()


@every_query
def test_a_query_selects_by_labels_that_its_metrics_have(query: Query) -> None:
    for selector in query.selectors():
        used = {matcher.name for matcher in selector.matchers.matchers}
        assert used - SERIES[selector.name] - OF_THE_TARGET == set()


@every_query
def test_a_query_groups_by_labels_that_its_metrics_have(query: Query) -> None:
    there = OF_THE_TARGET.union(*(SERIES[selector.name] for selector in query.selectors()))
    modifiers = [part.modifier for part in query.parts() if isinstance(part, promql.AggregateExpr)]
    assert {label for modifier in modifiers if modifier for label in modifier.labels} - there == set()


@every_query
def test_a_query_leaves_the_labels_that_are_shown(query: Query) -> None:
    groups = [part.modifier for part in query.parts() if isinstance(part, promql.AggregateExpr)]
    kept = {label for modifier in groups if modifier for label in modifier.labels}
    if not groups:
        kept = set(OF_THE_TARGET.union(*(SERIES[selector.name] for selector in query.selectors())))
    assert query.shown - kept == set()


@every_query
def test_a_query_names_codes_of_errors_that_exist(query: Query) -> None:
    matchers = [matcher for selector in query.selectors() for matcher in selector.matchers.matchers]
    named = {code for matcher in matchers if matcher.name == "code" for code in matcher.value.split("|")}
    assert named - {error.code for error in all_errors()} == set()


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.name)
def test_a_metric_is_shown_or_alerted_on(definition: Definition) -> None:
    named = {selector.name for query in QUERIES for selector in query.selectors()}
    assert named & {name for name, _ in definition.series()}


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.name)
def test_a_metric_is_documented(definition: Definition) -> None:
    labels = ", ".join(f"`{label}`" for label in definition.labels) or "–"
    kind = type(definition).__name__.lower()
    assert f"| `{definition.name}` | {kind} | {labels} | {definition.text} |\n" in DOCS


def test_no_metric_is_documented_that_is_none() -> None:
    assert set(re.findall(r"^\| `(rollcall_\w+)`", DOCS, re.MULTILINE)) == {
        definition.name for definition in ALL
    }


@pytest.mark.parametrize("definition", ALL, ids=lambda one: one.name)
def test_a_metric_is_named_by_prometheus_convention(definition: Definition) -> None:
    assert definition.name.startswith("rollcall_")
    assert definition.name.endswith("_total") == isinstance(definition, Counter)
    assert isinstance(definition, Counter) or definition.name.endswith(UNITS) or definition.name in COUNTED


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_what_it_is(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["annotations"]["summary"].endswith((".", "?"))


def test_an_alert_asks_for_the_jobs_that_prometheus_knows() -> None:
    matchers = [one for query in QUERIES for part in query.selectors() for one in part.matchers.matchers]
    named = {job for matcher in matchers if matcher.name == "job" for job in matcher.value.split("|")}
    assert named == {one["job_name"] for one in SCRAPED}


def test_panels_do_not_cover_each_other() -> None:
    taken = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(taken) == len(set(taken))


def test_the_dashboard_uses_the_data_source_that_is_provisioned() -> None:
    sources = yaml.safe_load((FOLDER / "grafana/datasources/prometheus.yml").read_text())["datasources"]
    used = {panel["datasource"]["uid"] for panel in DASHBOARD["panels"] if "datasource" in panel}
    assert used == {source["uid"] for source in sources}


def test_a_histogram_has_its_buckets_in_order() -> None:
    histograms = [one for one in ALL if isinstance(one, Histogram)]
    assert [one.buckets for one in histograms] == [tuple(sorted(set(one.buckets))) for one in histograms]
