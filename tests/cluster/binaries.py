"""The control plane's binaries: found if they are here already, else built from Go modules.

Each folder of `tools/` is a Go module that names one program set by its `tool` lines and pins it
by `go.sum`. A binary is looked for, in this order:

1. in `KUBEBUILDER_ASSETS`, then on `PATH`, where it says that it is of the minor version wanted
2. in the cache, `$XDG_CACHE_HOME/taxiway/<module>-<version>-<digest of go.mod and go.sum>/`
3. and else is built into that cache: cold on two cores about 6 minutes for Kubernetes' four,
   half a minute for etcd, two minutes each for kwok and helm

`python -m tests.cluster.binaries --kubernetes 1.36` does all of this and prints where each is.
Where it cannot be done it says in one line what is left out, which is a failure with CI=true.
"""

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

NEWEST_KUBERNETES = "1.36"
MODULES = Path(__file__).parent / "tools"
VERSION_SECONDS = 20  # a program of 100 MB, on a machine that is busy building


class Missing(Exception):
    """A binary is neither here nor can be built; the message says why, in one line."""


@dataclass(frozen=True)
class Module:
    """A Go module of `tools/`, and the programs that it builds."""

    folder: str
    requires: str  # the module path whose version is the programs'
    packages: Mapping[str, str]  # program: Go package
    stamp: str = ""  # the variable that holds the version; clients refuse one that is unset

    @property
    def version(self) -> str:
        text = (MODULES / self.folder / "go.mod").read_text()
        found = re.search(rf"^\s*{re.escape(self.requires)} (v\S+)", text, re.MULTILINE)
        if found is None:
            raise Missing(f"tools/{self.folder}/go.mod does not require {self.requires}")
        return found[1]

    @property
    def minor(self) -> str:
        return ".".join(self.version.removeprefix("v").split(".")[:2])

    @property
    def cache(self) -> Path:
        pins = (MODULES / self.folder / name for name in ("go.mod", "go.sum"))
        digest = hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()[:12]
        return cache_home() / f"{self.folder}-{self.version}-{digest}"


def cache_home() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "taxiway"


def kubernetes(minor: str) -> Module:
    programs = ("kube-apiserver", "kube-scheduler", "kube-controller-manager", "kubectl")
    return Module(
        folder=f"kubernetes-{minor}",
        requires="k8s.io/kubernetes",
        packages={name: f"k8s.io/kubernetes/cmd/{name}" for name in programs},
        stamp="k8s.io/component-base/version.gitVersion",
    )


ETCD = Module("etcd", "go.etcd.io/etcd/server/v3", {"etcd": "go.etcd.io/etcd/server/v3"})
KWOK = Module("kwok", "sigs.k8s.io/kwok", {"kwok": "sigs.k8s.io/kwok/cmd/kwok"})
HELM = Module(
    folder="helm",
    requires="helm.sh/helm/v3",
    packages={"helm": "helm.sh/helm/v3/cmd/helm"},
    stamp="helm.sh/helm/v3/internal/version.version",
)
# How a program is asked for its version, where it is not by `--version`.
ASKED = {"kubectl": ("version", "--client"), "helm": ("version",)}


def wanted_kubernetes() -> str:
    """The minor version that the tests run with, `TAXIWAY_KUBERNETES` or the newest."""
    return os.environ.get("TAXIWAY_KUBERNETES") or NEWEST_KUBERNETES


def known_kubernetes() -> list[str]:
    found = (path.name.removeprefix("kubernetes-") for path in MODULES.glob("kubernetes-*"))
    return sorted(found, key=lambda minor: [int(part) for part in minor.split(".")])


def locate(minor: str) -> dict[str, Path]:
    """Every program of the control plane by name; builds what is not here. Raises Missing."""
    if minor not in known_kubernetes():
        known = ", ".join(known_kubernetes())
        raise Missing(f"Kubernetes {minor} is not prepared under tests/cluster/tools; {known} is")
    found: dict[str, Path] = {}
    for module in (ETCD, KWOK, HELM, kubernetes(minor)):
        here = {name: find(name, module) for name in module.packages}
        absent = [name for name, path in here.items() if path is None]
        if absent:
            build(module, absent)
        found |= {name: path or module.cache / name for name, path in here.items()}
    return found


def find(name: str, module: Module) -> Path | None:
    for path in prepared(name):
        if says_version(path, name, module.minor):
            return path
    cached = module.cache / name
    return cached if cached.exists() else None


def prepared(name: str) -> Iterator[Path]:
    assets = os.environ.get("KUBEBUILDER_ASSETS")
    if assets and (Path(assets) / name).is_file():
        yield Path(assets) / name
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path)


def says_version(path: Path, name: str, minor: str) -> bool:
    ask = ASKED.get(name, ("--version",))
    try:
        said = subprocess.run(
            [path, *ask], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return re.search(rf"\bv?{re.escape(minor)}\.\d", said.stdout) is not None


def go() -> str:
    """The `go` command. Raises Missing."""
    root = os.environ.get("GOROOT")
    found = shutil.which("go") or (shutil.which("go", path=f"{root}/bin") if root else None)
    if found is None:
        raise Missing("Go is not on PATH; install it, or set KUBEBUILDER_ASSETS to ready binaries")
    return found


def build(module: Module, names: list[str]) -> None:
    """Build programs into the cache. Raises Missing, with the last line that Go said."""
    command = go()
    with one_build():
        absent = [name for name in names if not (module.cache / name).exists()]
        if absent:
            print(f"building {', '.join(absent)} {module.version}", file=sys.stderr, flush=True)
            compile_into(module, absent, command)


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One process at a time on this machine does this."""
    cache_home().mkdir(parents=True, exist_ok=True)
    with (cache_home() / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def one_build() -> AbstractContextManager[None]:
    """Two builds at once would take the memory of both."""
    return alone("build")


def compile_into(module: Module, names: list[str], command: str) -> None:
    stamp = f" -X {module.stamp}={module.version}" if module.stamp else ""
    packages = {module.packages[name]: module.cache / name for name in names}
    what = f"{', '.join(names)} {module.version}"
    go_build(command, MODULES / module.folder, packages, what=what, flags=stamp)


def go_build(
    command: str, source: Path, packages: Mapping[str, Path], *, what: str, flags: str = ""
) -> None:
    """Build these packages of the module in `source`, each to its path, all in one folder.

    `flags` are more of the linker's. Raises Missing, with the last line that Go said.
    """
    (folder,) = {path.parent for path in packages.values()}
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="building-") as scratch:
        done = subprocess.run(
            [command, "build", "-o", f"{scratch}/", "-ldflags", f"-s -w{flags}", *packages],
            cwd=source,
            env=os.environ | {"GOFLAGS": "-mod=readonly -buildvcs=false", "GOWORK": "off"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise Missing(f"go build of {what} failed: {reason}")
        for package, path in packages.items():
            (Path(scratch) / program_of(package)).replace(path)


def program_of(package: str) -> str:
    """What `go build` calls a package's program: its last part that is no major version."""
    parts = package.split("/")
    return parts[-2] if re.fullmatch(r"v\d+", parts[-1]) else parts[-1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.cluster.binaries")
    parser.add_argument("--kubernetes", default=wanted_kubernetes(), metavar="MINOR")
    try:
        for name, path in locate(parser.parse_args().kubernetes).items():
            print(f"{name:24} {path}")
    except Missing as missing:
        print(f"left out: the tests on a real control plane: {missing}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
