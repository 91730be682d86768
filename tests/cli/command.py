"""Runs the real `taxiway` command in a process of its own, from the top of the repository."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
POLICIES = "examples/policies"
# What decides about colour and width comes from the test alone, not from who runs it.
_DECIDING = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "TTY_COMPATIBLE")


class Ended(NamedTuple):
    code: int
    out: str
    err: str


def taxiway(
    *words: str, stdin: bytes = b"", env: dict[str, str] | None = None, seconds: float = 60
) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-m", "webhook", *words],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env=environment(env),
        timeout=seconds,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def environment(changes: dict[str, str] | None = None) -> dict[str, str]:
    ours = {
        key: value
        for key, value in os.environ.items()
        if key not in _DECIDING and not key.startswith("TAXIWAY_")
    }
    return {**ours, "PYTHONPATH": str(ROOT), **(changes or {})}
