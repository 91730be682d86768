"""The import map: which room may know of which, and who alone may import a third-party package.

Nothing else enforces the architecture, so both tables are exact: an import that a table does not
hold fails, and so does a row that no import needs.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "webhook"

# A room may import those named here, its own files and `webhook.names`; nothing imports `cli`.
ROOMS = {
    "kube": (),
    "trust": (),
    "airflow": ("kube",),
    "policy": ("kube", "airflow"),
    "engine": ("kube", "airflow", "policy"),
    "admission": ("kube", "airflow", "policy", "engine"),
    "sources": ("kube", "trust", "airflow", "policy", "engine", "admission"),
    "server": ("kube", "trust", "airflow", "policy", "engine", "admission"),
    "hook": ("kube", "airflow", "policy", "engine", "admission", "sources"),
    # It runs in Airflow's Python, where nothing else of Taxiway's need be importable.
    "dags": (),
    "cli": (
        *("kube", "trust", "airflow", "policy", "engine", "admission", "sources", "server"),
        "dags",
    ),
}

# Rooms that take what they need as arguments: the same in, the same out.
PURE = ("kube", "airflow", "policy", "engine", "admission")

# No clock, environment, log, thread, process, network or file; chance would be none either.
# fmt: off
IMPURE_MODULES = frozenset({
    "asyncio", "concurrent", "io", "logging", "multiprocessing", "os", "pathlib", "random",
    "secrets", "select", "signal", "socket", "ssl", "subprocess", "sys", "tempfile",
    "threading", "time", "urllib.request", "uuid", "warnings",
})
# fmt: on
IMPURE_CALLS = frozenset({"open", "print", "input", "today", "now", "utcnow"})

# Third-party packages by the files that import them: one file each where it can be, so that the
# package can be replaced there. msgspec's Struct is how data is written here, in every room.
EVERYWHERE = frozenset({"msgspec"})
THIRD_PARTY = {
    # The process that `taxiway dags` starts: Airflow's Python has it, Taxiway's need not. And the
    # hook, which runs in Airflow.
    "airflow": {
        "dags/command.py",
        "dags/loading.py",
        "dags/offline.py",
        "dags/operators.py",
        "dags/places.py",
        "dags/rendering.py",
        "dags/templates.py",
        "dags/worker.py",
        "hook/refusing.py",
    },
    "cryptography": {"trust/certificates.py"},
    "fastapi": {"server/ops.py"},
    "jsonpatch": {"cli/verdict.py", "hook/mutation.py"},
    "kubernetes": {
        "dags/offline.py",
        "hook/config_maps.py",
        "hook/models.py",
        "sources/api.py",
        "sources/api_server_trust.py",
        "sources/connection.py",
    },
    # Each part of the service gives its own gauges; `server/metrics.py` holds the registry.
    "prometheus_client": {
        "cli/admitting.py",
        "cli/reports.py",
        "cli/shadow_report.py",
        "server/health.py",
        "server/metrics.py",
        "server/monitoring.py",
        "server/shadow_metrics.py",
    },
    "re2": {"policy/pattern.py"},
    "rich": {"cli/progress.py", "cli/terminal.py"},
    "typer": {
        "cli/app.py",
        "cli/audit_options.py",
        "cli/common_options.py",
        "cli/dags_options.py",
        "cli/diff_options.py",
        "cli/explain_options.py",
        "cli/given_names.py",
        "cli/lint_options.py",
        "cli/option.py",
        "cli/plain_serve.py",
        "cli/serve_options.py",
        "cli/test_options.py",
        "cli/tls_options.py",
    },
    # The server, the protocol class that puts limits to its connections, and who runs both.
    "uvicorn": {"cli/service.py", "server/listener.py", "server/protocol.py"},
    # What the Kubernetes client asks with, and whose errors it lets through.
    "urllib3": {"sources/connection.py"},
    "uvloop": {"cli/service.py"},
    # A policy is read with the place of every value, a person's pods without.
    "yaml": {"cli/kubernetes_yaml.py", "policy/parser.py"},
}


@cache
def files() -> tuple[Path, ...]:
    return tuple(sorted(ROOT.rglob("*.py")))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=named(path))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; relative imports are refused."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}:{node.lineno}: write the whole module path"
            assert node.module is not None
            yield node.module


def room_of(module: str) -> str:
    return [*module.split("."), ""][1]


def in_room(room: str) -> list[Path]:
    return [path for path in files() if path.relative_to(ROOT).parts[0] == room]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    allowed = {room, *ROOMS[room], "names", ""}
    wrong = [
        f"{named(path)} imports {module}"
        for path in in_room(room)
        for module in imported(path)
        if module.split(".")[0] == "webhook" and room_of(module) not in allowed
    ]
    assert wrong == []


def test_every_folder_is_a_room_of_the_map() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in ROOT.glob("*/*.py")} == set(ROOMS)


@pytest.mark.parametrize("room", PURE)
def test_a_pure_room_has_no_clock_environment_log_thread_or_file(room: str) -> None:
    wrong = [f"{named(path)}: {what}" for path in in_room(room) for what in impurities(path)]
    assert wrong == []


def impurities(path: Path) -> Iterator[str]:
    for module in imported(path):
        if module in IMPURE_MODULES or module.split(".")[0] in IMPURE_MODULES:
            yield f"imports {module}"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and called(node.func) in IMPURE_CALLS:
            yield f"calls {called(node.func)} in line {node.lineno}"


def called(function: ast.expr) -> str:
    """The last name of what is called: `today` of `date.today`."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_each_third_party_package_is_imported_where_the_table_says() -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for path in files():
        for module in imported(path):
            package = module.split(".")[0]
            if package not in sys.stdlib_module_names | EVERYWHERE | {"webhook"}:
                found[package].add(named(path))
    assert dict(found) == THIRD_PARTY
