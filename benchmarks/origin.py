"""Of which commit figures are, and on what machine they were measured."""

import os
import platform
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent


def commit() -> str:
    """With a plus sign where the checkout holds more than the commit."""
    git = ["git", "-C", str(ROOT)]
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    changed = [*git, "status", "--porcelain", "--", "webhook", "charts"]
    more = subprocess.run(changed, capture_output=True, text=True, check=False).stdout
    return head.stdout.strip() + ("+" if more else "")


def machine() -> dict[str, str | int | None]:
    return {
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "model": _model(),
        "system": f"{platform.system()} {platform.release()}",
    }


def _model() -> str:
    """The processor's name where the kernel tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return "unknown"
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "unknown")
