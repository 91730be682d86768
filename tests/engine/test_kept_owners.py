"""What an engine keeps between requests is bounded, whatever an author writes."""

import sys

import pytest

from tests.engine.given import EXECUTOR, applies, decide, pod


@pytest.mark.parametrize(
    ("dag", "kept"), [("d" * 250, 1), ("d" * 100_000, 0)], ids=["Airflow's longest dag", "no dag"]
)
def test_only_what_airflow_could_have_written_is_kept(dag: str, kept: int) -> None:
    by = applies(labels={"tier": "gold"})
    decide(by, pod(EXECUTOR, annotations={"dag_id": dag}))
    assert len(by._owners._owned) == kept


def test_ten_thousand_dags_are_no_more_than_four_thousand_keys() -> None:
    by = applies(labels={"tier": "gold"})
    for number in range(10_000):
        decide(by, pod(EXECUTOR, annotations={"dag_id": f"dag_{number}"}))
    assert 0 < len(by._owners._owned) <= 4096
    assert sys.getsizeof(by._owners._owned) < 1 << 20
