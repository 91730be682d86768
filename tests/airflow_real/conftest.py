"""One control plane with Taxiway in place for all of a run, and Airflows that launch pods in it."""

import os
from collections.abc import Iterator

import pytest

from tests.airflow_real.place import Place, running_place

# Those of `make test-airflow`; `make test` has one smoke test of a real Airflow.
collect_ignore_glob = [] if os.environ.get("TAXIWAY_AIRFLOW") else ["scenarios/*"]


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running_place(tmp_path_factory.mktemp("place")) as running:
        yield running
