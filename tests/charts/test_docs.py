"""What the guides to an installation name is there: values, alerts, metrics and links."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from charts import table
from tests.charts.test_values import SCHEMA, VALUES, merged
from webhook import names

ROOT = table.CHART.parent.parent
GUIDES = ("docs/install.md", "docs/runbook.md", "charts/taxiway/README.md")
RULES = (table.CHART / "templates/prometheusrule.yaml").read_text()
METRICS = {value for key, value in vars(names).items() if key.startswith("METRIC_")}
# Keys of a Secret and of `/readyz`, which look like values.
NOT_VALUES = {"tls.crt", "tls.key", "policy.last", "policy.source.error"}
SUFFIXES = re.compile(r"_(total|bucket|sum|count)$")


def text(guide: str) -> str:
    return (ROOT / guide).read_text()


@pytest.mark.parametrize("guide", GUIDES)
def test_every_link_leads_to_a_file(guide: str) -> None:
    folder = (ROOT / guide).parent
    links = re.findall(r"\]\((?!http)([^)#]+)\)", text(guide))
    assert [link for link in links if not (folder / link).exists()] == []


@pytest.mark.parametrize("guide", GUIDES)
def test_every_value_that_is_named_is_one_of_the_chart(guide: str) -> None:
    tops = "|".join(yaml.safe_load(VALUES))
    named = set(re.findall(rf"`((?:{tops})\.[A-Za-z.]+)", text(guide)))
    known = {row.key for row in table.rows(VALUES)}
    prefixes = {key.rpartition(".")[0] for key in known}
    assert named - known - prefixes == NOT_VALUES & named


def test_the_values_of_the_guide_are_valid() -> None:
    (found,) = re.findall(r"```yaml\n# values.yaml\n(.*?)```", text("docs/install.md"), re.DOTALL)
    jsonschema.validate(merged(yaml.safe_load(VALUES), yaml.safe_load(found)), SCHEMA)


def test_the_runbook_has_every_alert_and_no_other() -> None:
    alerts = set(re.findall(r"alert: (\w+)", RULES))
    assert alerts == set(re.findall(r"`(Taxiway\w+)`", text("docs/runbook.md")))


@pytest.mark.parametrize("where", [*GUIDES, "charts/taxiway/templates/prometheusrule.yaml"])
def test_every_metric_that_is_named_is_counted(where: str) -> None:
    named = set(re.findall(r"\btaxiway_[a-z_]+", text(where)))
    assert {SUFFIXES.sub("", name) for name in named} - METRICS == set()


def test_the_chart_names_the_objects_that_the_service_knows() -> None:
    role = (table.CHART / "templates/role.yaml").read_text()
    assert [
        name for name in (*names.LAST_GOOD, names.STATUS, names.LEASE) if name not in role
    ] == []


def test_the_dockerfile_copies_what_is_there_and_not_ignored() -> None:
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", text("Dockerfile"), re.MULTILINE)
    sources = {source for line in copied for source in line.split()}
    kept = {line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")}
    assert sources == kept
    assert [source for source in sources if not Path(ROOT / source).exists()] == []
