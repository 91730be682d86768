"""The Airflow that the scenarios of KubernetesPodOperator share."""

from collections.abc import Iterator

import pytest

from tests.airflow_real import environments
from tests.airflow_real.deployment import Deployment, running_deployment
from tests.airflow_real.place import HERE, Place


@pytest.fixture(scope="session")
def pod_operators(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """`TAXIWAY_AIRFLOW` with the DAGs of `dags/pod_operator`, which it has begun to run."""
    with running_deployment(
        environments.wanted(),
        HERE / "dags/pod_operator",
        tmp_path_factory.mktemp("airflow"),
        place.connection(),
    ) as running:
        yield running
