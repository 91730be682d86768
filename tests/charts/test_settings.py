"""The variables that the chart sets are options of `taxiway serve`, by exactly these names."""

import re

import pytest

from charts import table
from tests.cli.command import taxiway

ENV = (table.CHART / "templates/_env.tpl").read_text()
# Of certificates that the service makes by itself.
MANAGED = re.search(r'eq \.Values\.tls\.mode "managed"(.*?)else', ENV, re.DOTALL)


@pytest.fixture(scope="module")
def options() -> set[str]:
    helped = taxiway("serve", "--help")
    assert helped.code == 0
    return set(re.findall(r"TAXIWAY_[A-Z_]+", helped.out))


def test_every_variable_is_known(options: set[str]) -> None:
    assert MANAGED is not None
    given = set(re.findall(r"TAXIWAY_[A-Z_]+", ENV.replace(MANAGED[1], "")))
    assert given - options == set()


def test_every_option_has_a_value_or_a_reason(options: set[str]) -> None:
    reasons = {
        "TAXIWAY_CLIENT_CA": "API servers show no certificate unless they are told to by a file",
        "TAXIWAY_HOST": "every address of the pod",
        "TAXIWAY_KUBECONFIG": "the pod's own account",
    }
    assert {name for name in options if name not in ENV} == set(reasons)
