"""`make sbom`: what serves, by the lock and by what is installed, and nothing of this machine."""

import json
import os
import re
import subprocess
import sys
from email.message import Message
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from release.licences import licences
from release.lock import LOCK, Pin, pins
from release.sbom import Stale, document

ROOT = LOCK.parent
Json = dict[str, Any]

TEXT = {"type": "string", "minLength": 1}
REF = {"type": "string", "pattern": r"^pkg:(pypi|generic)/[a-z0-9.-]+@[^/]+$"}
SHA_256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def of(required: str, optional: str = "", **properties: Json) -> Json:
    """An object with these properties and no other."""
    named = {name: properties.get(name, TEXT) for name in f"{required} {optional}".split()}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": named,
    }


def several(of_what: Json) -> Json:
    return {"type": "array", "items": of_what, "uniqueItems": True}


# CycloneDX 1.6 (ECMA-424) as far as it is used: what it requires, its types and its closed lists.
# The rest of it is not allowed here, as an unknown key is not there.
LICENCE = {"oneOf": [of("id"), of("name")]}
LICENCES = {
    "oneOf": [
        several(of("license", license=LICENCE)),
        {**several(of("expression")), "minItems": 1, "maxItems": 1},
    ]
}
HASHES = several(of("alg content", alg={"enum": ["SHA-256"]}, content=SHA_256))
KIND = {"enum": ["application", "library"]}
PARTS: Json = {"type": KIND, "licenses": LICENCES, "hashes": HASHES, "bom-ref": REF, "purl": REF}
COMPONENT = of("type name version bom-ref purl licenses", "hashes description", **PARTS)
METADATA = of(
    "lifecycles component properties",
    "timestamp",
    lifecycles=several(of("phase", phase={"const": "build"})),
    component=COMPONENT,
    properties=several(of("name value")),
    timestamp={"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
)
SCHEMA = of(
    "bomFormat specVersion version metadata components dependencies",
    bomFormat={"const": "CycloneDX"},
    specVersion={"const": "1.6"},
    version={"type": "integer", "minimum": 1},
    metadata=METADATA,
    components=several(COMPONENT),
    dependencies=several(of("ref dependsOn", ref=REF, dependsOn=several(REF))),
)


def made(**environment: str) -> subprocess.CompletedProcess[str]:
    """By the command of the Makefile."""
    given = {key: each for key, each in os.environ.items() if key != "SOURCE_DATE_EPOCH"}
    return subprocess.run(
        [sys.executable, "-m", "release.sbom"],
        cwd=ROOT,
        env=given | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def sbom() -> Json:
    found: Json = json.loads(made().stdout)
    return found


def test_it_is_what_cyclonedx_asks_for(sbom: Json) -> None:
    jsonschema.validate(sbom, SCHEMA)


def test_it_holds_every_package_that_is_installed_to_serve_and_no_other(sbom: Json) -> None:
    """As the lock has them; those of other platforms are neither installed nor named."""
    locked = re.findall(r"^([a-z0-9.-]+)==(\S+)(.*)", LOCK.read_text(), re.MULTILINE)
    elsewhere = {name for name, _, marker in locked if "win32" in marker or "PyPy" in marker}
    given = {each["name"]: each["version"] for each in sbom["components"]}
    assert given | {name: each for name, each, _ in locked if name in elsewhere} == {
        name: each for name, each, _ in locked
    }
    assert elsewhere - given.keys() == {"colorama"}
    assert {name: version(name) for name in given} == given


def test_each_has_a_licence_and_the_hashes_of_the_lock(sbom: Json) -> None:
    assert [each["name"] for each in sbom["components"] if not each["licenses"]] == []
    hashes = [each["content"] for found in sbom["components"] for each in found["hashes"]]
    absent = set(re.findall("sha256:([0-9a-f]{64})", LOCK.read_text())) - set(hashes)
    (colorama,) = re.findall(r"^colorama==.*(?:\n    .*)+", LOCK.read_text(), re.MULTILINE)
    assert absent == set(re.findall("sha256:([0-9a-f]{64})", colorama))


def test_each_is_needed_by_another_or_by_taxiway_itself(sbom: Json) -> None:
    needs = {each["ref"]: each["dependsOn"] for each in sbom["dependencies"]}
    reached: set[str] = set()
    todo = [sbom["metadata"]["component"]["bom-ref"]]
    while todo:
        ref = todo.pop()
        reached.add(ref)
        todo += [each for each in needs[ref] if each not in reached]
    assert reached == needs.keys()
    assert reached - {each["bom-ref"] for each in sbom["components"]} == {
        sbom["metadata"]["component"]["bom-ref"]
    }


def test_the_same_lock_gives_the_same_bytes_and_no_address_or_path() -> None:
    first, second = made(), made()
    assert (first.stdout, first.stderr, first.returncode) == (second.stdout, "", 0)
    for never in ("://", str(ROOT), sys.prefix, str(Path.home())):
        assert never not in first.stdout
    assert "timestamp" not in first.stdout


def test_a_time_is_written_if_it_is_given() -> None:
    said = json.loads(made(SOURCE_DATE_EPOCH="1780000000").stdout)
    jsonschema.validate(said, SCHEMA)
    assert said["metadata"].pop("timestamp") == "2026-05-28T20:26:40Z"
    assert said == json.loads(made().stdout)


def test_a_time_that_is_none_is_refused() -> None:
    done = made(SOURCE_DATE_EPOCH="today")
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "SOURCE_DATE_EPOCH is 'today': give whole seconds since 1970, or nothing\n",
    )


LOCKED = """\
msgspec==0.0.1 \\
    --hash=sha256:bb \\
    --hash=sha256:aa
"""


def test_what_is_installed_has_to_be_what_is_locked() -> None:
    with pytest.raises(Stale) as stale:
        document(LOCKED)
    assert str(stale.value) == (
        f"msgspec is locked at 0.0.1, and {version('msgspec')} is installed: "
        "run `make env`, then try again"
    )


MARKED = f"""\
first==1.0 ; sys_platform == 'nowhere' \\
    --hash=sha256:{"a" * 64}
second==2.0 ; python_version >= '3.11' \\
    --hash=sha256:{"c" * 64} \\
    --hash=sha256:{"b" * 64}
"""


def test_a_package_of_another_platform_is_left_out() -> None:
    assert list(pins(MARKED)) == [Pin("second", "2.0", ("b" * 64, "c" * 64))]


def said(*fields: tuple[str, str]) -> Message:
    metadata = Message()
    for name, value in fields:
        metadata[name] = value
    return metadata


OLD = ("Classifier", "License :: OSI Approved :: MIT License")
LICENCES_SAID: dict[str, tuple[Message, list[Json]]] = {
    "an expression, which alone counts": (
        said(("License-Expression", "MIT OR Apache-2.0"), ("License", "BSD"), OLD),
        [{"expression": "MIT OR Apache-2.0"}],
    ),
    "a classifier": (said(OLD), [{"license": {"id": "MIT"}}]),
    "the same in two ways, once": (said(("License", "MIT"), OLD), [{"license": {"id": "MIT"}}]),
    "two that are not the same": (
        said(("License", "ISC"), ("Classifier", "License :: OSI Approved :: BSD License")),
        [{"license": {"name": "BSD License"}}, {"license": {"id": "ISC"}}],
    ),
    "the whole text of one beside its classifier": (
        said(("License", "Permission is hereby granted, " * 20), OLD),
        [{"license": {"id": "MIT"}}],
    ),
    "nothing": (said(("Classifier", "Topic :: Internet")), []),
}


@pytest.mark.parametrize(("metadata", "found"), LICENCES_SAID.values(), ids=LICENCES_SAID)
def test_a_package_that_says_of_its_licence(metadata: Message, found: list[Json]) -> None:
    assert licences(metadata) == found
