"""The chart as the real helm renders it: what the tests give the API server is what users get."""

import json
import subprocess
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.cluster import binaries
from tests.cluster.api import Object

ROOT = Path(__file__).parent.parent.parent
CHART = ROOT / "charts/taxiway"
SCENARIOS = sorted((CHART / "ci").glob("*-values.yaml"))
RELEASE = NAMESPACE = "taxiway"
HELM_SECONDS = 60  # helm takes half a second on an idle machine


def scenario_name(path: Path) -> str:
    return path.name.removesuffix("-values.yaml")


def helm(*arguments: str | Path, values: Object | None = None, environment: Any = None) -> str:
    """What helm prints. `values` come last, after those of any file. Fails with what it said."""
    done = helm_ends(*arguments, values=values, environment=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def helm_ends(
    *arguments: str | Path, values: Object | None = None, environment: Any = None
) -> subprocess.CompletedProcess[str]:
    """The same where helm may refuse."""
    given = ("--values", "-") if values is not None else ()
    return subprocess.run(
        [binaries.locate(binaries.wanted_kubernetes())["helm"], *arguments, *given],
        input=json.dumps(values),
        capture_output=True,
        text=True,
        timeout=HELM_SECONDS,
        check=False,
        env=environment,
    )


def rendered(values: Object | None = None, *, scenario: Path | None = None) -> list[Object]:
    """Every resource of a release, in helm's order; those of `helm test` are among them."""
    text = json.dumps(values or {}, sort_keys=True)
    return deepcopy(list(_rendered(text, scenario)))


@cache
def _rendered(values: str, scenario: Path | None) -> Sequence[Object]:
    files = ("--values", scenario) if scenario else ()
    version = binaries.kubernetes(binaries.wanted_kubernetes()).version
    text = helm(
        "template",
        RELEASE,
        CHART,
        "--namespace",
        NAMESPACE,
        "--kube-version",
        version,
        *files,
        values=json.loads(values),
    )
    return [each for each in yaml.safe_load_all(text) if each]


def one(resources: Sequence[Object], kind: str, name: str | None = None) -> Object:
    """The only one of this kind, and of this name if one is given."""
    (found,) = (
        each
        for each in resources
        if each["kind"] == kind and name in (None, each["metadata"]["name"])
    )
    return found
