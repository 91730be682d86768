"""The variables that the chart sets are options of `taxiway serve`, by exactly these names."""

import re

import pytest

from charts import table
from tests.cli.command import taxiway

ENV = (table.CHART / "templates/_env.tpl").read_text()


@pytest.fixture(scope="module")
def options() -> set[str]:
    helped = taxiway("serve", "--help")
    assert helped.code == 0
    return set(re.findall(r"TAXIWAY_[A-Z_]+", helped.out))


def test_every_variable_is_known(options: set[str]) -> None:
    given = set(re.findall(r"TAXIWAY_[A-Z_]+", ENV))
    assert given - options == set()


def test_every_option_has_a_value_or_a_reason(options: set[str]) -> None:
    reasons = {
        "TAXIWAY_CLIENT_CA": "API servers show no certificate unless they are told to by a file",
        "TAXIWAY_HOST": "every address of the pod",
        "TAXIWAY_KUBECONFIG": "the pod's own account",
        "TAXIWAY_TLS_LIFE_SECONDS": "90 days, by default",
        "TAXIWAY_TLS_CA_LIFE_SECONDS": "365 days, by default",
        "TAXIWAY_TLS_OVERLAP_SECONDS": "60 s, as every API server needs it",
    }
    assert {name for name in options if name not in ENV} == set(reasons)
