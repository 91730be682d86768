"""The programs in Go that take part: built into the cache that the control plane's are in.

`load` asks, `empty` answers nothing, `controller` is a webhook of controller-runtime. They are
built again when their source or what they require changed; cold that takes some two minutes.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Missing
from tests.cluster import binaries

MODULE = Path(__file__).parent / "go"
PROGRAMS = ("load", "empty", "controller")


def programs() -> dict[str, Path]:
    """Every program by name; builds them if they are not here. Raises Missing."""
    folder = binaries.cache_home() / f"benchmarks-{_digest()}"
    found = {name: folder / name for name in PROGRAMS}
    if not all(path.exists() for path in found.values()):
        print("building the programs in Go of the benchmark", file=sys.stderr, flush=True)
        packages = {f"./{name}": path for name, path in found.items()}
        try:
            with binaries.one_build():
                binaries.go_build(binaries.go(), MODULE, packages, what="benchmarks/go")
        except binaries.Missing as missing:
            raise Missing(str(missing)) from missing
    return found


def _digest() -> str:
    """Of all that they are made of."""
    sources = sorted(path for path in MODULE.rglob("*") if path.suffix in {".go", ".mod", ".sum"})
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:12]


def versions() -> dict[str, str]:
    """Of what the programs are made of; nothing where there is no Go."""
    try:
        command = [binaries.go(), "env", "GOVERSION"]
    except binaries.Missing:
        return {}
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    found = re.search(r"controller-runtime v(\S+)", (MODULE / "go.mod").read_text())
    return {"Go": said.removeprefix("go"), "controller-runtime": found[1] if found else "unknown"}
