"""The JSON Schema for editors: committed, current, and of one mind with the loader."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.policy.loading import document, refused
from webhook.policy.json_schema import json_schema

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


class Core(yaml.SafeLoader):
    """YAML as editors read it: a date is a string (YAML 1.2, core schema)."""


Core.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    return yaml.load(text, Loader=Core)  # noqa: S506 - the safe loader, less dates


def test_the_committed_schema_is_the_one_that_the_loader_makes() -> None:
    committed = ROOT / "docs" / "taxiway-policy-v1.schema.json"
    assert committed.read_text() == json.dumps(SCHEMA, indent=2) + "\n"


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_object_whose_keys_are_known_refuses_others() -> None:
    known = [part for part in SCHEMA["$defs"].values() if "properties" in part]
    assert len(known) == len(SCHEMA["$defs"])
    assert all(part["additionalProperties"] is False for part in known)
    assert all(part["title"] and part["description"] for part in known)
    fields = [field for part in known for field in part["properties"].values()]
    assert all(field["description"] for field in fields)


ACCEPTED: dict[str, str] = {
    "the documented example": (Path(__file__).parent / "example.yaml").read_text(),
    "a team of nothing": document("teams:\n  a:\n"),
    "null inside Kubernetes' objects": document(
        "teams: {a: {apply: {affinity: {nodeAffinity: null}}}}\n"
    ),
    "quantities with and without quotes": document(
        'teams: {a: {apply: {container: {resources: {requests: {cpu: 1, memory: "1Gi"}}}}}}\n'
    ),
    "a label matched by a value and by a list": document(
        "requirements: [{label: a, match: {labels: {x: y, z: [p, q]}}}]\n"
    ),
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_the_schema_and_the_loader_accept(text: str) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(read(text))] == []
    assert refused(text) == []


REFUSED: dict[str, str] = {
    "no version": "mode: audit\n",
    "another version": "apiVersion: taxiway/v2\n",
    "an unknown key": document("team: {}\n"),
    "a misspelt key far inside": document(
        "teams: {a: {apply: {tolerations: [{key: a, operater: Exists}]}}}\n"
    ),
    "a mode that does not exist": document("mode: enfroce\n"),
    "a word for a list": document("requirements: [{label: a, match: {dags: daily}}]\n"),
    "an empty list of members": document("teams: {a: {members: {dags: []}}}\n"),
    "a number for a string": document("teams: {a: {costCenters: [1001]}}\n"),
    "a boolean for a label": document("teams: {a: {apply: {labels: {spot: true}}}}\n"),
    "a weight out of bounds": document(
        "teams: {a: {apply: {affinity: {nodeAffinity: {preferredDuringSchedulingIgnored"
        "DuringExecution: [{weight: 0, preference: {matchFields: []}}]}}}}}\n"
    ),
    "a label value with a space": document("teams: {a: {apply: {nodeSelector: {a: b c}}}}\n"),
    "a day that is none": document(
        "exemptions: [{name: a, match: {}, waives: [team], reason: r, approvedBy: x, expires: x}]\n"
    ),
    "an exemption without an end": document(
        "exemptions: [{name: a, match: {}, waives: [team], reason: r, approvedBy: x}]\n"
    ),
    "a section of nothing": document("stages:\n"),
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_the_schema_and_the_loader_refuse(text: str) -> None:
    assert not VALIDATOR.is_valid(read(text))
    assert refused(text)
