"""The process that serves imports policies as data: no YAML, no pydantic, no reader of either."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
HEAVY = ("yaml", "pydantic", "webhook.policy.load", "webhook.policy.parser")


@pytest.mark.parametrize(
    "module", ["webhook.policy", "webhook.policy.spec", "webhook.policy.compile"]
)
def test_serving_imports_nothing_that_only_loading_needs(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    command = [sys.executable, "-c", code]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
