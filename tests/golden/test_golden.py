"""Every pod that Airflow rendered, with its outcome, one case a file.

    TAXIWAY_REGENERATE=1 pytest tests/golden

writes the outcomes anew; read the difference before it is committed.
"""

import os

import pytest

from tests.golden import case

REGENERATE = os.environ.get("TAXIWAY_REGENERATE") == "1"
NAMES = case.names()


def test_there_is_a_case_for_every_pod_and_no_other() -> None:
    if REGENERATE:
        for path in case.CASES.glob("*"):
            if path.name.removesuffix(".yaml") not in NAMES:
                path.unlink()
        for name in NAMES.keys() - {path.stem for path in case.CASES.glob("*.yaml")}:
            case.write(case.CASES / f"{name}.yaml", case.begun(NAMES[name]))
    assert {path.name for path in case.CASES.glob("*")} == {f"{name}.yaml" for name in NAMES}


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_pod_that_airflow_rendered(name: str) -> None:
    path = case.CASES / f"{name}.yaml"
    given = case.read(path)
    assert given["pod"] == NAMES[name], "the pod is the one of tests/pods"
    if REGENERATE:
        case.write(path, {**given, "expect": case.outcome(given)})
        given = case.read(path)
    assert case.outcome(given) == given["expect"]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_case_is_worth_having(name: str) -> None:
    """Something is added, and a second pass adds nothing."""
    expect = case.read(case.CASES / f"{name}.yaml")["expect"]
    assert expect["patch"]
    assert expect["second pass"] == []
