"""What the chart says of its values: comments, schema, README and scenarios agree."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from charts import table
from webhook import __version__

CHART = table.CHART
VALUES = (CHART / "values.yaml").read_text()
SCHEMA = json.loads((CHART / "values.schema.json").read_text())
SCENARIOS = sorted((CHART / "ci").glob("*.yaml"))

Json = dict[str, Any]


def named(path: Path) -> str:
    return path.name.removesuffix("-values.yaml")


def test_every_value_says_what_it_means() -> None:
    assert [row.key for row in table.rows(VALUES) if len(row.meaning) < 10] == []


def test_the_table_in_the_readme_is_fresh() -> None:
    readme = (CHART / "README.md").read_text()
    assert readme == table.with_table(readme, VALUES)


def test_a_stale_table_is_another_one() -> None:
    readme = (CHART / "README.md").read_text()
    assert readme != table.with_table(readme, VALUES.replace("replicas: 2", "replicas: 3"))


def objects(schema: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    """Every schema that has named properties, by the path of its value."""
    if "properties" in schema:
        yield path, schema
        for key, below in schema["properties"].items():
            yield from objects(below, f"{path}{key}.")


def test_no_object_takes_a_key_that_is_not_named() -> None:
    assert [path for path, each in objects(SCHEMA) if each["additionalProperties"]] == []


def test_schema_and_values_have_the_same_keys() -> None:
    values = yaml.safe_load(VALUES)
    wrong = []
    for path, each in objects(SCHEMA):
        found = values
        for key in path.split(".")[:-1]:
            found = found[key]
        if path != "tls.certManager.issuerRef.":  # a reference of the user's
            wrong.append((path, set(each["properties"]) ^ set(found)))
    assert [(path, keys) for path, keys in wrong if keys - {"global"}] == []


def test_the_defaults_are_valid() -> None:
    jsonschema.validate(yaml.safe_load(VALUES), SCHEMA)


def merged(values: Json, over: Json) -> Json:
    """As helm merges them: objects by key, all else replaced."""
    both = {
        key: merged(values[key], each) if isinstance(values.get(key), dict) else each
        for key, each in over.items()
        if isinstance(each, dict)
    }
    return values | over | both


BAD: dict[str, tuple[Json, str]] = {
    "a key that is not there": (
        {"replicaCount": 2},
        "Additional properties are not allowed ('replicaCount' was unexpected)",
    ),
    "a mode that is not there": (
        {"tls": {"mode": "manual"}},
        "'manual' is not one of ['managed', 'cert-manager', 'existingSecret']",
    ),
    "a failure policy of another case": (
        {"webhooks": {"failurePolicy": "fail"}},
        "'fail' is not one of ['Fail', 'Ignore']",
    ),
    "a Secret of one's own without its name": (
        {"tls": {"mode": "existingSecret", "caBundle": "-----BEGIN CERTIFICATE-----"}},
        "'' should be non-empty",
    ),
    "a Secret of one's own without its CA": (
        {"tls": {"mode": "existingSecret", "secretName": "mine"}},
        "'' does not match '-----BEGIN CERTIFICATE-----'",
    ),
    "a label that would end a CEL string": (
        {"guard": {"labels": ["team') || ('"]}},
        "\"team') || ('\" does not match '"
        "^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$'",
    ),
    "nothing that is guarded": ({"guard": {"labels": []}}, "[] should be non-empty"),
    "no replica": ({"replicas": 0}, "0 is less than the minimum of 1"),
    "a name that no resource can have": (
        {"fullnameOverride": "Taxi_Way"},
        "'Taxi_Way' does not match '^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$'",
    ),
    "a label of the pods that the Deployment selects them by": (
        {"podLabels": {"app.kubernetes.io/name": "mine"}},
        "'app.kubernetes.io/name' should not be valid under {'enum': ['app.kubernetes.io/name', "
        "'app.kubernetes.io/instance', 'app.kubernetes.io/component']}",
    ),
    "a variable without a name": (
        {"extraEnv": [{"value": "UTC"}]},
        "'name' is a required property",
    ),
    "a container that runs as root": ({"runAsUser": 0}, "0 is less than the minimum of 1"),
}


@pytest.mark.parametrize(("over", "said"), BAD.values(), ids=BAD)
def test_is_refused(over: Json, said: str) -> None:
    with pytest.raises(jsonschema.ValidationError) as refused:
        jsonschema.validate(merged(yaml.safe_load(VALUES), over), SCHEMA)
    assert refused.value.message == said


@pytest.mark.parametrize("scenario", SCENARIOS, ids=named)
def test_a_scenario_is_valid(scenario: Path) -> None:
    over = yaml.safe_load(scenario.read_text())
    jsonschema.validate(merged(yaml.safe_load(VALUES), over), SCHEMA)


def test_every_value_is_set_by_some_scenario_or_is_a_name() -> None:
    """What no scenario sets is never seen by an API server."""
    texts = [yaml.safe_load(path.read_text()) for path in SCENARIOS]

    def is_set(key: str) -> bool:
        for text in texts:
            found: Any = text
            for part in key.split("."):
                found = found.get(part) if isinstance(found, dict) else None
            if found is not None:
                return True
        return False

    never = {row.key for row in table.rows(VALUES) if not is_set(row.key)}
    assert never == {
        "nameOverride",
        "image.tag",
        "policy.content",
        "serviceAccount.create",
        "rbac.create",
        "runAsUser",  # null in one of them
        "podDisruptionBudget.create",
        "autoscaling.targetCPUUtilizationPercentage",
        "priorityClassName",
        "criticalPodsQuota.pods",
        "serviceMonitor.interval",
        "prometheusRule.certificateDays",
    }


def test_the_chart_is_of_this_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["appVersion"], chart["version"]) == (__version__, __version__)
