"""What a real Airflow is installed from, and what is said where it cannot be."""

import re
from pathlib import Path

import pytest

from tests.airflow_real import environments
from tests.cluster.binaries import Missing

LOCKS = environments.LOCKS


@pytest.mark.parametrize("airflow", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_no_address(airflow: str) -> None:
    line = re.compile(r"[a-z0-9.-]+==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    wrong = [text for text in LOCKS[airflow].read_text().splitlines() if not line.fullmatch(text)]
    assert wrong == []


@pytest.mark.parametrize("airflow", LOCKS)
def test_a_lock_pins_all_that_is_asked_for(airflow: str) -> None:
    asked = [
        line.lower()
        for line in LOCKS[airflow].with_suffix(".in").read_text().splitlines()
        if not line.startswith("#")
    ]
    pinned = re.findall(r"^([a-z0-9.-]+==\S+)", LOCKS[airflow].read_text(), re.MULTILINE)
    names = [pin.partition("==")[0] for pin in pinned]
    assert [each for each in asked if each not in pinned and each not in names] == []


@pytest.mark.parametrize(
    ("airflow", "versions"),
    [
        pytest.param("3", ("3.3.2", "10.25.0"), id="Airflow 3"),
        pytest.param("2.10", ("2.10.5", "10.1.0"), id="Airflow 2.10"),
    ],
)
def test_the_versions_are_those_of_the_table(airflow: str, versions: tuple[str, str]) -> None:
    found = environments.version(airflow), environments.version(airflow, environments.PROVIDER)
    assert found == versions
    assert f"{', '.join(versions)} " in (environments.__doc__ or "")


def test_a_version_without_a_lock_is_missing() -> None:
    with pytest.raises(Missing) as missing:
        environments.locate("1.10")
    assert str(missing.value) == "Airflow 1.10 has no lock in tests/airflow_real; 3, 2.10 do"


def test_an_install_that_fails_says_why_in_one_line_and_leaves_nothing_that_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "airflow-3.lock"
    lock.write_text("apache-airflow==3.3.2 \\\n    --no-such-option\n")
    monkeypatch.setitem(LOCKS, "3", lock)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(Missing) as missing:
        environments.locate("3")
    assert str(missing.value).startswith("-m pip install failed: ")
    assert "\n" not in str(missing.value)
    assert not (environments.folder("3") / environments.STAMP).exists()
