"""Alerts and dashboard use metrics that the code exports, and the operations page explains every
alert.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

import services.booking.app
import services.notifications.app
import services.payments.app  # noqa: F401 - each service registers its metrics when it is imported
from deploy.local import packages
from deploy.local.steps import Failed
from services.payments.domain.operations import ON_A_CARD
from services.payments.saga.worker import kinds
from shared.metrics import REGISTRY
from shared.services import SERVICES

HERE = Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
# Not ours: Prometheus's own `up`, the client library's process metrics (on Linux only), and those
# of a node exporter, if there is one.
PROCESS = (
    "open_fds",
    "max_fds",
    "resident_memory_bytes",
    "cpu_seconds_total",
    "start_time_seconds",
)
FOREIGN = {
    "up": {"job", "instance"},
    **{f"process_{name}": {"job", "instance"} for name in PROCESS},
    "node_filesystem_avail_bytes": {"mountpoint"},
    "node_filesystem_size_bytes": {"mountpoint"},
}
WORDS = {"by", "and", "or", "unless", "offset", "on", "ignoring", "without"}
NAME = re.compile(r"\b[a-z_:][a-z0-9_:]*\b(?!\s*\()", re.IGNORECASE)


def ours() -> dict[str, set[str]]:
    """Every metric that a query may use, with its labels: those of the code, and the two that
    scraping adds.
    """
    known = dict(FOREIGN)
    for collector in set(REGISTRY._collector_to_names):
        labels = {*getattr(collector, "_labelnames", ()), "job", "instance"}
        for name in REGISTRY._collector_to_names[collector]:
            known[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    return known


def rules() -> list[dict[str, Any]]:
    document = yaml.safe_load((HERE / "alerts.yml").read_text())
    return [rule for group in document["groups"] for rule in group["rules"]]


def dashboard() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        (HERE / "grafana" / "dashboards" / "consultant-connect.json").read_text()
    )
    return document


def queries() -> Iterator[tuple[str, str]]:
    for rule in rules():
        yield rule["alert"], rule["expr"]
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def used(query: str) -> Iterator[tuple[str, set[str]]]:
    """The metrics of a query, each with the labels named in its matchers."""
    bare = re.sub(r"\b(by|on|without|ignoring)\s*\([^)]*\)", " ", query)
    bare = re.sub(r"\[[^]]*\]", " ", bare)
    bare = re.sub(r"\boffset\s+\w+", " ", bare)
    outside = re.sub(r"\{[^}]*\}", lambda found: " " * len(found[0]), bare)
    for found in NAME.finditer(outside):
        if found[0] not in WORDS:
            matchers = re.match(r"\{([^}]*)\}", bare[found.end() :])
            yield found[0], set(re.findall(r"(\w+)\s*[=!]", matchers[1])) if matchers else set()


@pytest.mark.parametrize(("where", "query"), list(queries()), ids=lambda text: text[:40])
def test_every_metric_and_label_of_alerts_and_dashboard_exists(where: str, query: str) -> None:
    known, metrics = ours(), list(used(query))
    assert metrics, "a query of nothing"
    for name, labels in metrics:
        assert name in known, f"{where}: {name} is counted nowhere"
        assert labels <= known[name], f"{where}: {name} has no label {labels - known[name]}"
    grouped = {
        label.strip()
        for group in re.findall(r"\bby\s*\(([^)]*)\)", query)
        for label in group.split(",")
    }
    assert grouped <= set.union(*(known[name] for name, _ in metrics)), where


def test_a_query_of_what_is_not_counted_would_be_found() -> None:
    assert list(
        used('sum by (job) (rate(made_up_total{outcome!="x", kind=~"a|b"}[5m])) / other > 0.1')
    ) == [
        ("made_up_total", {"outcome", "kind"}),
        ("other", set()),
    ]
    assert not {"made_up_total", "other"} & set(ours())


def test_every_alert_has_a_severity_a_summary_and_an_explanation() -> None:
    section = (
        (ROOT / "docs" / "operations.md")
        .read_text()
        .partition("\n## Alerts\n")[2]
        .partition("\n## ")[0]
    )
    explained = set(re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", section, re.MULTILINE))
    for rule in rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
    assert {rule["alert"] for rule in rules()} == explained


def test_every_metric_is_explained() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    section = text.partition("\n## Metrics\n")[2].partition("\n## ")[0]
    explained = set(re.findall(r"`(\w+)`", section))
    for names in REGISTRY._collector_to_names.values():
        ours_alone = {name for name in names if not name.startswith(("process_", "python_"))}
        assert not ours_alone or ours_alone & explained, names


def test_every_kind_of_step_that_must_not_fail_is_counted_from_the_start() -> None:
    counted = {
        labels["kind"]
        for metric in REGISTRY.collect()
        for name, labels, *_ in metric.samples
        if name == "payment_steps_total" and labels["outcome"] == "failed"
    }
    assert set(kinds(timedelta())) - set(ON_A_CARD) <= counted


def test_dashboard_panels_do_not_overlap_and_know_their_source() -> None:
    taken: set[tuple[int, int]] = set()
    (source,) = yaml.safe_load(
        (HERE / "grafana/provisioning/datasources/prometheus.yml").read_text()
    )["datasources"]
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
        assert all(
            target["datasource"]["uid"] == source["uid"] for target in panel.get("targets", ())
        )
    assert len({panel["id"] for panel in dashboard()["panels"]}) == len(dashboard()["panels"])


def test_prometheus_finds_every_service_by_name() -> None:
    document = yaml.safe_load((HERE / "prometheus.yml").read_text())
    jobs = {
        job["job_name"]: job["dns_sd_configs"][0]["names"] for job in document["scrape_configs"]
    }
    assert jobs == {name: [name] for name in (*SERVICES, "gateway")}
    assert document["rule_files"] == ["alerts.yml"]
    yaml.safe_load((HERE / "grafana/provisioning/dashboards/files.yml").read_text())


@pytest.fixture(scope="module")
def promtool(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Prometheus's own checks; skipped where it is missing and may not be installed."""
    try:
        packages.ensure_promtool(tmp_path_factory.mktemp("packages") / "packages.log")
    except Failed as missing:
        pytest.skip(str(missing))
    return "promtool"


@pytest.mark.parametrize(
    "command",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
)
def test_promtool_agrees(promtool: str, command: tuple[str, ...]) -> None:
    done = subprocess.run([promtool, *command], cwd=HERE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_memory_alert_comes_before_the_limit_of_the_container() -> None:
    """A process that reaches its limit is killed, and reports nothing any more."""
    (alert,) = (rule["expr"] for rule in rules() if rule.get("alert") == "Memory")
    limits = dict(re.findall(r'job="(\w+)"\} / 1024\^2 > 0\.9 \* (\d+)', alert))
    (usual,) = re.findall(r'job!~"[\w|]+"\} / 1024\^2 > 0\.9 \* (\d+)', alert)
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for program in (*SERVICES, "gateway"):
        number, unit = compose[program]["mem_limit"][:-1], compose[program]["mem_limit"][-1]
        mebibytes = int(number) * {"m": 1, "g": 1024}[unit]
        assert mebibytes == int(limits.get(program, usual)), program
