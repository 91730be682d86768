"""The script of docs/ci.md, word for word, in a repository with a change of policy in it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.command import ROOT, environment
from tests.cli.diffing import FOLDER, PODS

GUIDE = (ROOT / "docs/ci.md").read_text()


def block(language: str, beginning: str) -> str:
    """The block of code in the guide that begins so."""
    found = GUIDE.partition(f"```{language}\n{beginning}")[2].partition("```")[0]
    assert found
    return f"{beginning}{found}"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Its branch has the new policies, its first commit the old ones."""
    folder, binaries = tmp_path / "repository", tmp_path / "bin"
    shutil.copytree(ROOT / FOLDER / "old", folder / "policies")
    binaries.mkdir()
    command = binaries / "taxiway"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m webhook "$@"\n')
    command.chmod(0o755)
    git(folder, "init", "--quiet")
    commit(folder)
    shutil.copytree(ROOT / FOLDER / "new", folder / "policies", dirs_exist_ok=True)
    commit(folder)
    shutil.copy(ROOT / PODS, folder / "pods.jsonl")
    return folder


def git(folder: Path, *words: str) -> None:
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *words], cwd=folder, env={**os.environ, **nobody}, check=True)


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    who = ("-c", "user.name=n", "-c", "user.email=e@example.com")
    git(folder, *who, "commit", "--quiet", "-m", "policies")


def run(repository: Path, base: str) -> tuple[int, str]:
    path = f"{repository.parent / 'bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-eu", "-c", block("sh", "git worktree")],
        cwd=repository,
        env=environment({"PATH": path, "BASE": base}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, (repository / "comment.md").read_text()


def test_a_change_that_denies_pods_fails_with_a_comment(repository: Path) -> None:
    code, comment = run(repository, "HEAD~1")
    headline = "### Taxiway: 11 of 13 governed pods differ (1 more not governed)"
    assert (code, comment.splitlines()[0]) == (1, headline)
    assert not (repository / "base").exists()


def test_no_change_is_good(repository: Path) -> None:
    code, comment = run(repository, "HEAD")
    headline = "### Taxiway: no difference for 13 governed pods (1 more not governed)"
    assert (code, comment.splitlines()[0]) == (0, headline)


def test_the_job_is_yaml_and_runs_the_script() -> None:
    job = yaml.safe_load(block("yaml", "policies:"))["policies"]
    assert job["steps"][1]["run"] == "sh ci/policies.sh"
