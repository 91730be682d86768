"""The committed results of the tests with a real Airflow are whole, and of the versions in use."""

import pytest

from tests.airflow_real import environments, report
from tests.airflow_real.record import sentence
from tests.airflow_real.report import OfOne, Outcome, Run


def test_the_stored_results_are_of_the_locked_versions_and_all_passed() -> None:
    stored = report.stored()
    locked = {airflow: environments.version(airflow) for airflow in environments.LOCKS}
    assert {key: one.versions["Airflow"] for key, one in stored.airflows.items()} == locked
    assert stored.is_good


def test_the_page_is_what_the_results_are() -> None:
    assert report.PAGE.read_text() == report.page(report.stored())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("test_a_pod_runs", "a pod runs", id="its name"),
        pytest.param("test_a_pod_runs[once]", "a pod runs (once)", id="its name and its case"),
        pytest.param("TestPods::test_a_pod_runs", "a pod runs", id="not the class that it is in"),
    ],
)
def test_a_test_is_said_by(name: str, said: str) -> None:
    assert sentence(name) == said


def test_a_run_has_a_table_for_each_file_and_says_what_was_not_run() -> None:
    file = "tests/airflow_real/test_results.py"
    once, twice = Outcome(file, "once", "passed", 1.2), Outcome(file, "twice", "failed", 30)
    new = OfOne({"Airflow": "3.3.2", "Python": "3.11.7"}, (once, twice))
    old = OfOne({"Airflow": "2.10.5", "Python": "3.11.7"}, (once,))
    run = Run("2026-01-02", "0123456789abcdef", {"cores": 2, "model": "EPYC"}, {"3": new, "2": old})
    assert not run.is_good
    assert "".join(report.tables(run)).splitlines() == [
        "2026-01-02, commit `0123456789ab`; 2 cores, EPYC.",
        "",
        "- Airflow 3.3.2, Python 3.11.7",
        "- Airflow 2.10.5, Python 3.11.7",
        "",
        "### The committed results of the tests with a real Airflow are whole, and of the versions"
        " in use",
        "",
        "| test | Airflow 3.3.2 | Airflow 2.10.5 |",
        "| --- | --- | --- |",
        "| once | passed, 1 s | passed, 1 s |",
        "| twice | failed, 30 s | not run |",
        "",
    ]
