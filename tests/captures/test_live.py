"""What a real Airflow sends to a real API server is what is kept of it."""

from pathlib import Path

import msgspec
import pytest

from tests.airflow_real import environments
from tests.captures import recorded
from tests.captures.__main__ import capture

pytestmark = [pytest.mark.airflow, pytest.mark.cluster]


def test_airflow_sends_what_is_recorded_of_it(tmp_path: Path) -> None:
    airflow = environments.wanted()
    now, kept = capture(airflow, tmp_path), recorded.stored(airflow)
    assert msgspec.to_builtins(now) == msgspec.to_builtins(kept)
