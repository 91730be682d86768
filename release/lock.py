"""requirements.lock as far as this interpreter goes: packages, versions and hashes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from packaging.markers import Marker

ROOT = Path(__file__).parent.parent
LOCK = ROOT / "requirements.lock"
PIN = re.compile(r"(?P<name>[a-z0-9.-]+)==(?P<version>\S+)(?: ; (?P<marker>[^\\]+))? \\")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Pin(NamedTuple):
    """One package. `hashes`: SHA-256 of each file that may be installed; pip installs one."""

    name: str  # as PEP 503 normalises it
    version: str
    hashes: tuple[str, ...]

    @property
    def ref(self) -> str:
        """Its package URL, https://github.com/package-url/purl-spec."""
        return f"pkg:pypi/{self.name}@{self.version}"


def pins(lock: str) -> Iterator[Pin]:
    """What this interpreter needs, in the lock's order."""
    for block in re.split(r"\n(?=\S)", lock):
        found = PIN.match(block)
        if found is not None and _is_needed(found["marker"]):
            yield Pin(found["name"], found["version"], tuple(sorted(HASH.findall(block))))


def _is_needed(marker: str | None) -> bool:
    return marker is None or Marker(marker).evaluate()
