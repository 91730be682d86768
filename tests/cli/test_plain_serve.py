"""What is read of `serve`'s options without typer, held against what typer reads of the same."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import typer

from tests.cli.command import POLICIES, ROOT, environment
from tests.serving import end, until
from webhook.cli.plain_serve import plain_serve
from webhook.cli.serve_options import ServeOptions
from webhook.cli.with_options import with_options
from webhook.server.certificates import make_certificates

FILES = ("--policies", "policies", "--tls-cert", "tls.crt", "--tls-key", "tls.key")
BY_FILES = {"TAXIWAY_POLICIES": "p", "TAXIWAY_TLS_CERT": "c", "TAXIWAY_TLS_KEY": "k"}
Given = tuple[tuple[str, ...], Mapping[str, str]]


def by_typer(arguments: tuple[str, ...]) -> ServeOptions | None:
    """By the environment of this process; None: it is refused."""
    read: list[ServeOptions] = []
    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command()
    @with_options
    def serve(options: ServeOptions) -> None:
        options.settings()
        read.append(options)

    app(arguments, standalone_mode=False)
    return read[0] if read else None


PLAIN: dict[str, Given] = {
    "files": (FILES, {}),
    "files, by the environment": ((), BY_FILES),
    "an option that wins over the environment": (FILES, BY_FILES),
    "an empty variable": (FILES, {"TAXIWAY_PORT": "", "TAXIWAY_NAMESPACE": ""}),
    "a value behind an equals sign": ((*FILES, "--host=::1", "--govern-contact=a=b"), {}),
    "an empty value": ((*FILES, "--host", "", "--govern-groups="), {}),
    "a flag": ((*FILES, "--log-ignored"), {}),
    "flags by the environment": (FILES, {"TAXIWAY_LOG_IGNORED": "true"}),
    "a flag that is off": (FILES, {"TAXIWAY_LOG_IGNORED": "false"}),
    "numbers": ((*FILES, "--port", "0", "--ops-port=65535", "--drain-seconds", "0.5"), {}),
    "a whole number of seconds": (FILES, {"TAXIWAY_DRAIN_SECONDS": "20"}),
    "lines": (FILES, {"TAXIWAY_GOVERN_USERS": "CN=sre,OU=groups\n system:*\n"}),
    "a directory that is there": (("--policies", str(Path(__file__).parent), *FILES[2:]), {}),
    "ConfigMaps and a certificate of its own": (
        ("--policies", "configmaps", "--namespace", "taxiway", "--tls", "managed"),
        {
            "TAXIWAY_TLS_SECRET": "taxiway-tls",
            "TAXIWAY_TLS_CONFIGURATION": "airflow-taxiway",
            "TAXIWAY_TLS_HOST": "taxiway.taxiway.svc",
            "TAXIWAY_TLS_PEERS": "taxiway-peers:8443",
            "TAXIWAY_TLS_DIR": "tls",
        },
    ),
}


@pytest.mark.parametrize(("arguments", "variables"), PLAIN.values(), ids=PLAIN)
def test_plain_options_are_read_as_typer_reads_them(
    arguments: tuple[str, ...], variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    read = by_typer(arguments)
    assert read is not None
    assert plain_serve(["serve", *arguments], variables) == read.settings()


LEFT_TO_TYPER: dict[str, Given] = {
    "help": (("--help",), BY_FILES),
    "nothing": ((), {}),
    "an option that there is not": ((*FILES, "--prot", "1"), {}),
    "what is no option": ((*FILES, "now"), {}),
    "an option without its value": (FILES[:-1], {}),
    "an option twice": ((*FILES, "--port", "1", "--port", "2"), {}),
    "a flag with a value": ((*FILES, "--log-ignored=true"), {}),
    "a value that looks like an option": ((*FILES, "--host", "--port"), {}),
    "a port that is no number": (FILES, {"TAXIWAY_PORT": "https"}),
    "a port that there is not": (FILES, {"TAXIWAY_PORT": "65536"}),
    "a number below none": (FILES, {"TAXIWAY_DRAIN_SECONDS": "-1"}),
    "a number in other digits": (FILES, {"TAXIWAY_PORT": "\u0661"}),
    "text of other letters": (FILES, {"TAXIWAY_HOST": "h\u00f6st"}),
    "a choice that there is not": ((*FILES, "--tls", "none"), {}),
    "a truth in other words": (FILES, {"TAXIWAY_LOG_IGNORED": "yes"}),
    "no key": (FILES[:4], {}),
    "an empty path": (("--policies", "", *FILES[2:]), {}),
    "a user that is no glob": (FILES, {"TAXIWAY_GOVERN_USERS": "a[b]"}),
}


@pytest.mark.parametrize(("arguments", "variables"), LEFT_TO_TYPER.values(), ids=LEFT_TO_TYPER)
def test_what_is_unusual_is_left_to_typer(
    arguments: tuple[str, ...], variables: Mapping[str, str]
) -> None:
    assert plain_serve(["serve", *arguments], variables) is None


@pytest.mark.parametrize("arguments", [(), ("--help",), ("lint", *FILES), (*FILES, "serve")])
def test_another_command_is_left_to_typer(arguments: tuple[str, ...]) -> None:
    assert plain_serve(arguments, BY_FILES) is None


def test_the_service_by_its_command_never_has_pydantic_loaded(tmp_path: Path) -> None:
    pair, output = make_certificates(tmp_path / "certificates"), tmp_path / "output"
    given = ("--policies", POLICIES, "--tls-cert", pair.certificate, "--tls-key", pair.key)
    ports = ("--port", "0", "--ops-port", "0", "--drain-seconds", "0")
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "webhook", "serve", *given, *ports],
            stdout=file,
            cwd=ROOT,
            env=environment(),
        )
    try:
        until("a policy", lambda: b'"policy-loaded"' in output.read_bytes())
        loaded = Path(f"/proc/{process.pid}/maps").read_text()
    finally:
        end(process)
    assert "uvloop" in loaded
    assert "pydantic" not in loaded
    assert process.returncode == 0
