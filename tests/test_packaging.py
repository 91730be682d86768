"""What a clone installs: exactly the locked releases, and from wherever pip is told to look."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-dev.lock")


def pins(lock: str) -> dict[str, str]:
    """Version by package."""
    found = re.findall(r"^([a-z0-9.-]+)==([^ ]+)", (ROOT / lock).read_text(), re.MULTILINE)
    return dict(found)


def normal(requirement: str) -> str:
    """The package's name as a lock writes it. Source: PEP 503, and PEP 508 for what follows it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_pins_and_hashes_and_no_address(lock: str) -> None:
    line = re.compile(r"[a-z0-9.-]+==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    wrong = [text for text in (ROOT / lock).read_text().splitlines() if not line.fullmatch(text)]
    assert wrong == []


def test_every_direct_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-build.lock": groups["build"],
        "requirements-dev.lock": [line for line in groups["dev"] if isinstance(line, str)],
    }
    absent = {
        lock: sorted({normal(line) for line in lines} - set(pins(lock)))
        for lock, lines in wanted.items()
    }
    assert absent == {lock: [] for lock in LOCKS}


def test_the_environment_of_the_tests_is_the_one_that_serves() -> None:
    served, tested = pins("requirements.lock") | pins("requirements-build.lock"), pins(LOCKS[2])
    assert {name: tested.get(name) for name in served} == served
