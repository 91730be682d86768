"""The hook of `.pre-commit-hooks.yaml`, run as pre-commit runs it: entry, arguments, file names.

Source: pre-commit's `languages/python.py` and `xargs.py`; it splits `entry` as a shell would.
"""

import re
import shlex
from typing import Any

import pytest
import yaml

from tests.airflow_real import environments
from tests.cli.command import ROOT, taxiway
from tests.dags.records import FOLDER, HERE, python

GOLDEN = (HERE / f"golden/github-{environments.wanted()}.txt").read_text()
GUIDE = (ROOT / "docs/ci.md").read_text()


def hook() -> dict[str, Any]:
    (one,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert isinstance(one, dict)
    return one


def test_the_hook_is_the_command_of_the_package() -> None:
    assert hook() | {"description": "", "name": ""} == {
        "id": "taxiway-dags",
        "name": "",
        "description": "",
        "entry": "taxiway dags",
        "language": "python",
        "types": ["python"],
        "require_serial": True,
    }


def test_the_guide_configures_this_hook() -> None:
    block = re.search(r"```yaml\n(repos:.*?)```", GUIDE, re.DOTALL)
    assert block is not None
    (repository,) = yaml.safe_load(block[1])["repos"]
    assert [one["id"] for one in repository["hooks"]] == [hook()["id"]]
    assert repository["hooks"][0]["args"][::2] == ["--policies", "--namespace", "--python"]


@pytest.mark.airflow
def test_it_judges_the_files_that_changed() -> None:
    name, *words = shlex.split(hook()["entry"])
    arguments = ["--policies", "examples/policies", "--namespace", "airflow", "--python", python()]
    files = [str((FOLDER / file).relative_to(ROOT)) for file in ("payments.py", "helpers.py")]
    ended = taxiway(*words, *arguments, "--now", "2026-06-01", "-o", "github", *files, seconds=600)
    assert (name, ended.code) == ("taxiway", 2), ended.err
    assert ended.out.splitlines() == [line for line in GOLDEN.splitlines() if "payments.py" in line]
