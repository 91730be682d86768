"""The committed results of the tests with a real Airflow are whole, and of the versions in use."""

import pytest

from tests.airflow_real import environments, report
from tests.airflow_real.record import sentence
from tests.airflow_real.report import OfAirflow, OfFile, Outcome, Run


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


FILE = "tests/airflow_real/test_results.py"
ONCE, TWICE = Outcome("once", "passed", 1.2), Outcome("twice", "failed", 30)
NEW = OfAirflow(
    {"Airflow": "3.3.2", "Python": "3.11.7"},
    {FILE: OfFile("2026-01-02", "0123456789abcdef", (ONCE, TWICE))},
)
OLD = OfAirflow(
    {"Airflow": "2.10.5", "Python": "3.11.7"}, {FILE: OfFile("2026-01-03", "fedcba", (ONCE,))}
)
RUN = Run({"cores": 2, "model": "EPYC"}, {"3": NEW, "2.10": OLD})


def test_a_run_has_a_table_for_each_file_and_says_what_was_not_run() -> None:
    assert "".join(report.tables(RUN)).splitlines() == [
        "- Airflow 3.3.2, Python 3.11.7",
        "- Airflow 2.10.5, Python 3.11.7",
        "- 2 cores, EPYC",
        "",
        "### The committed results of the tests with a real Airflow are whole, and of the versions"
        " in use",
        "",
        "| test | Airflow 3.3.2 | Airflow 2.10.5 |",
        "| --- | --- | --- |",
        "| once | passed, 1 s | passed, 1 s |",
        "| twice | failed, 30 s | not run |",
        "| at | 2026-01-02, `0123456789ab` | 2026-01-03, `fedcba` |",
        "",
    ]


def test_a_part_takes_the_place_of_what_its_files_came_to_before() -> None:
    again = OfFile("2026-01-04", "aaaa", (ONCE,))
    gone = OfFile("2026-01-04", "aaaa", (TWICE,))
    part = OfAirflow(NEW.versions, {FILE: again, "tests/airflow_real/test_gone.py": gone})
    made = RUN.with_part("3", part)
    assert made.airflows == {"3": OfAirflow(NEW.versions, {FILE: again}), "2.10": OLD}
    assert (RUN.is_good, made.is_good) == (False, True)


def test_no_result_at_all_is_not_good() -> None:
    assert not Run(RUN.machine, {}).is_good
