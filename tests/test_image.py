"""The steps of the Dockerfile without a container engine: the wheel, alone with what is locked.

An environment with the packages of requirements.lock and no other gets the wheel, becomes a tree
that its user may not write, and serves. Packages are copied from the environment of the tests, so
that nothing is downloaded. Where the tests run as root, the tree is another user's and the service
is left without root's capabilities: then permissions hold for it as for anyone.
"""

import ctypes
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import httpx
import pytest

from tests import contract
from tests.serving import STOP_SECONDS, until
from webhook.server.certificates import Paths, make_certificates

ROOT = Path(__file__).parent.parent
OWNER = 65532
PR_CAPBSET_DROP = 24  # from linux/prctl.h
CAPABILITIES = 64  # more than any kernel has; those that it does not know fail, and are not there
FOR_OTHER_SYSTEMS = {"colorama"}  # locked for Windows
_libc = ctypes.CDLL(None)


def site_packages(environment: Path) -> Path:
    (found,) = environment.glob("lib/python*/site-packages")
    return found


def copy_locked(to: Path) -> None:
    """Every package of requirements.lock, as it is installed here."""
    pins = re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    for name in sorted(set(pins) - FOR_OTHER_SYSTEMS):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            pytest.fail(f"{name} is locked and not installed; run `make env`")
        for file in found.files or ():
            source = Path(str(found.locate_file(file)))
            if ".." not in file.parts and source.is_file():
                target = to / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target)  # with its time, which its compiled file goes by


def run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The environment as the image has it, and nobody may write there."""
    folder = tmp_path_factory.mktemp("image")
    environment = folder / "opt"
    run(sys.executable, "-m", "venv", "--without-pip", environment)
    copy_locked(site_packages(environment))
    pip, wheels = (sys.executable, "-m", "pip"), folder / "wheels"
    run(*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
    (wheel,) = wheels.glob("*.whl")
    there = ("--python", environment / "bin/python")
    run(*pip, *there, "install", "--no-deps", "--no-index", wheel)
    every = [environment, *environment.rglob("*")]
    for path in every:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222 | 0o444)
            if os.geteuid() == 0:
                os.chown(path, OWNER, OWNER)
    yield environment
    for path in every:  # so that it can be deleted
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


def without_capabilities() -> None:
    if os.geteuid() == 0:
        for capability in range(CAPABILITIES):
            _libc.prctl(PR_CAPBSET_DROP, capability)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_it_serves_from_a_tree_that_it_cannot_write(image: Path, tmp_path: Path) -> None:
    certificates: Paths = make_certificates(tmp_path / "certificates")
    port, ops_port = free_port(), free_port()
    settings = {
        "PATH": str(image / "bin"),
        "PYTHONUNBUFFERED": "1",
        "TAXIWAY_POLICIES": str(ROOT / "examples/policies"),
        "TAXIWAY_TLS_CERT": str(certificates.certificate),
        "TAXIWAY_TLS_KEY": str(certificates.key),
        "TAXIWAY_HOST": "127.0.0.1",
        "TAXIWAY_PORT": str(port),
        "TAXIWAY_OPS_PORT": str(ops_port),
        "TAXIWAY_DRAIN_SECONDS": "0",
    }
    before = sorted(image.rglob("*"))
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [image / "bin/taxiway", "serve"],
            env=settings,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=without_capabilities,
        )
    try:
        until("ready", lambda: is_ready(process, ops_port, tmp_path / "log"))
        sent = json.loads((ROOT / "examples/reviews/pod-operator.json").read_text())
        context = ssl.create_default_context(cafile=str(certificates.authority))
        url = f"https://localhost:{port}/mutate"
        answer = httpx.post(url, json=sent, verify=context, trust_env=False)
        said = contract.check(
            "/mutate", sent, answer.status_code, dict(answer.headers), answer.content
        )
        assert "patch" in said
    finally:
        process.terminate()
        code = process.wait(STOP_SECONDS)
    assert (code, sorted(image.rglob("*"))) == (0, before)


def is_ready(process: subprocess.Popen[bytes], ops_port: int, log: Path) -> bool:
    assert process.poll() is None, log.read_text()
    try:
        url = f"http://127.0.0.1:{ops_port}/readyz"
        return bool(httpx.get(url, trust_env=False).status_code == 200)
    except httpx.TransportError:
        return False


def test_its_user_cannot_write_there(image: Path) -> None:
    """Else the test above could not fail."""
    target = site_packages(image) / "webhook/__init__.py"
    code = f"open({str(target)!r}, 'a')"
    done = subprocess.run(
        [str(image / "bin/python"), "-c", code],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=without_capabilities,
    )
    assert done.stderr.splitlines()[-1] == (
        f"PermissionError: [Errno 13] Permission denied: {str(target)!r}"
    )
