"""What an Airflow image needs for the hook, and that it fits beside what is there."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.airflow_real import environments

ROOT = Path(__file__).parents[2]
DEPENDENCIES = [
    Requirement(line)
    for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
]
PINS = re.compile(r"^([a-z0-9.-]+)==([^ ;]+)", re.MULTILINE)
ALONE = ("google-re2", "jsonpatch", "msgspec", "pyyaml")  # and the client, which Airflow has


def misfits(airflow: str, wanted: tuple[str, ...] | None = None) -> list[str]:
    """What this Airflow's lock pins and our bounds refuse."""
    pins = dict(PINS.findall(environments.LOCKS[airflow].read_text()))
    return [
        f"{each} is not {pins[each.name.lower()]}"
        for each in DEPENDENCIES
        if each.name.lower() in pins
        and (wanted is None or each.name.lower() in wanted)
        and pins[each.name.lower()] not in each.specifier
    ]


def test_all_of_taxiway_fits_beside_an_airflow_3() -> None:
    assert misfits(environments.NEWEST) == []


@pytest.mark.parametrize("airflow", environments.LOCKS)
def test_what_the_hook_needs_fits_beside_an_airflow(airflow: str) -> None:
    assert misfits(airflow, ALONE) == []


def test_the_page_names_what_the_hook_needs() -> None:
    page = (ROOT / "docs/hook.md").read_text()
    (named,) = re.findall(r"--no-deps taxiway && pip install (.+?)\s+#", page)
    assert tuple(sorted(named.lower().split())) == ALONE
