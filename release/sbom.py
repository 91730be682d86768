"""What serves: every package that the image gets, as a CycloneDX 1.6 document on standard output.

    python -m release.sbom > dist/taxiway.cdx.json

Packages, versions and hashes are those of requirements.lock that this interpreter needs; licences,
and who needs whom, come from what is installed here. The base image is not in it: whoever builds
on one has its own document.

The same lock and interpreter give the same bytes. A time is written only if it is given, as
SOURCE_DATE_EPOCH (reproducible-builds.org), in seconds since 1970.
"""

import json
import os
import platform
import sys
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from release.licences import licences
from release.lock import LOCK, ROOT, Pin, pins
from webhook import __version__

SPEC = "1.6"
STALE = "{0} is locked at {1}, and {2} is installed: run `make env`, then try again"
BAD_EPOCH = "SOURCE_DATE_EPOCH is {!r}: give whole seconds since 1970, or nothing"

Json = dict[str, Any]


class Stale(Exception):
    """What is installed is not what is locked; the message says what to do."""


def document(lock: str, epoch: int | None = None) -> Json:
    """The whole of it. `epoch`: the time to write, in seconds since 1970. Raises Stale."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = {pin: _installed(pin) for pin in pins(lock)}
    refs = {pin.name: pin.ref for pin in found}
    needs = {_own_ref(project): project["dependencies"]}
    needs |= {pin.ref: here.requires or [] for pin, here in found.items()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "version": 1,
        "metadata": _metadata(project, epoch),
        "components": [_component(pin, here) for pin, here in found.items()],
        "dependencies": [
            {"ref": ref, "dependsOn": _needed(lines, refs)} for ref, lines in needs.items()
        ],
    }


def _metadata(project: Json, epoch: int | None) -> Json:
    own = {
        "type": "application",
        "bom-ref": _own_ref(project),
        "name": project["name"],
        "version": __version__,
        "description": project["description"],
        "licenses": [{"expression": project["license"]}],
        "purl": _own_ref(project),
    }
    minor = ".".join(platform.python_version_tuple()[:2])
    made_with = [{"name": "taxiway:python", "value": minor}]
    made: Json = {"lifecycles": [{"phase": "build"}], "component": own, "properties": made_with}
    if epoch is not None:
        made["timestamp"] = f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%dT%H:%M:%SZ}"
    return made


def _own_ref(project: Json) -> str:
    return f"pkg:generic/{project['name']}@{__version__}"  # it is in no package index


def _component(pin: Pin, here: Distribution) -> Json:
    return {
        "type": "library",
        "bom-ref": pin.ref,
        "name": pin.name,
        "version": pin.version,
        "hashes": [{"alg": "SHA-256", "content": each} for each in pin.hashes],
        "licenses": licences(here.metadata),
        "purl": pin.ref,
    }


def _installed(pin: Pin) -> Distribution:
    try:
        here = Distribution.from_name(pin.name)
    except PackageNotFoundError:
        raise Stale(STALE.format(pin.name, pin.version, "none")) from None
    if here.version != pin.version:
        raise Stale(STALE.format(pin.name, pin.version, here.version))
    return here


def _needed(lines: Iterable[str], refs: Mapping[str, str]) -> list[str]:
    """Those of these requirements that hold here and are locked, extras aside."""
    wanted = [Requirement(line) for line in lines]
    holding = [
        each for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})
    ]
    names = {canonicalize_name(each.name) for each in holding}
    return sorted(refs[name] for name in names & refs.keys())


def _epoch(text: str | None) -> int | None:
    """Raises ValueError."""
    if not text:
        return None
    if not text.isdecimal():
        raise ValueError(BAD_EPOCH.format(text))
    return int(text)


def main() -> int:
    try:
        made = document(LOCK.read_text(), _epoch(os.environ.get("SOURCE_DATE_EPOCH")))
    except (Stale, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(made, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
