"""`--tls managed`: what it needs, and how it waits for the API server."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.command import taxiway
from tests.server.reviews import write_policy
from tests.serving import Server, running_server, until
from webhook.sources.process import Managed

GIVEN = {
    "tls": "managed",
    "policies": "configmaps",
    "namespace": "taxiway",
    "tls-secret": "taxiway-tls",
    "tls-configuration": "airflow-taxiway",
    "tls-host": "taxiway.taxiway.svc",
    "tls-peers": "taxiway-peers.taxiway.svc",
    "tls-dir": "/nowhere",
}

WRONG: Mapping[str, tuple[dict[str, str], str]] = {
    "with a directory of policies": (
        {"policies": "policies"},
        "--tls: managed needs --policies configmaps: the process that reads them is the one that "
        "may write the Secret; with a directory give --tls-cert and --tls-key",
    ),
    "without a Secret": (
        {"tls-secret": ""},
        "--tls-secret: is needed with --tls managed: where CA and certificate are kept",
    ),
    "without the configurations' name": (
        {"tls-configuration": ""},
        "--tls-configuration: is needed with --tls managed: the name of both webhook "
        "configurations",
    ),
    "without a host": (
        {"tls-host": ""},
        "--tls-host: is needed with --tls managed: what the API server calls the service",
    ),
    "with a host that cannot be": (
        {"tls-host": "taxiway..svc"},
        "--tls-host: 'taxiway..svc' is no DNS name, in lower case",
    ),
    "without peers": (
        {"tls-peers": ""},
        "--tls-peers: is needed with --tls managed: where all replicas are asked",
    ),
    "with peers that are none": (
        {"tls-peers": "localhost:8443,:1"},
        "--tls-peers: ':1' is no DNS name or address, with or without a port",
    ),
    "with a life that no renewal fits into": (
        {"tls-life-seconds": "14"},
        "--tls-life-seconds: is at least 15",
    ),
    "with a CA that lives too short for its exchange": (
        {"tls-life-seconds": "100", "tls-ca-life-seconds": "500"},
        "--tls-ca-life-seconds: is at least 540: the life of a certificate, and nine times the "
        "overlap, so that a third of it is enough to replace the CA",
    ),
}


@pytest.mark.parametrize(("given", "said"), WRONG.values(), ids=WRONG)
def test_it_does_not_start(given: dict[str, str], said: str) -> None:
    ended = taxiway("serve", *(f"--{name}={value}" for name, value in (GIVEN | given).items()))
    assert (ended.code, ended.err.splitlines()[-1]) == (2, f"Error: Invalid value for {said}")


NOBODY = """\
apiVersion: v1
kind: Config
current-context: a
contexts: [{name: a, context: {cluster: a, user: a}}]
clusters: [{name: a, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: a, user: {token: nobody}}]
"""
TOLD = "the API server cannot be reached: Connection refused"


@contextmanager
def serving(tmp_path: Path) -> Iterator[Server]:
    """A replica that makes its own certificates and reaches no API server."""
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(NOBODY)
    hosts, peers, folder = ("taxiway.taxiway.svc",), ("127.0.0.1",), str(tmp_path / "tls")
    with running_server(
        Path("configmaps"),
        tmp_path,
        wait=False,
        namespace="taxiway",
        kubeconfig=kubeconfig,
        managed=Managed("taxiway-tls", "airflow-taxiway", hosts, peers, 1, folder, 90, 900, 1),
    ) as server:
        yield server


def test_without_a_certificate_it_is_not_ready_and_says_what_it_waits_for(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        until("it says so", lambda: "certificate" in server.ready()["cluster"]["troubles"])
        detail = server.ready()
        assert detail["cluster"]["troubles"]["certificate"] == TOLD
        assert detail["reasons"][1] == (
            "no certificate yet: the service makes its own; `cluster` says what it waits for"
        )
        assert detail["certificate"] == {"expires": None, "expires_in_seconds": None, "error": None}
        assert server.get("/healthz").status == 200
        assert "taxiway_certificate_expiry_timestamp_seconds" not in metrics(server)
        with pytest.raises((ssl.SSLError, OSError)):
            server.raw()
        assert server.stop() == 0


def metrics(server: Server) -> str:
    return server.get("/metrics").body.decode()


def test_what_was_served_before_a_restart_of_the_container_is_served_again(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    policies = write_policy(tmp_path / "policies")
    with running_server(policies, tmp_path) as before:
        pair = [tmp_path / "certificates" / name for name in ("tls.key", "tls.crt")]
        folder.mkdir()
        (folder / "tls.pem").write_bytes(b"".join(path.read_bytes() for path in pair))
        expires = before.ready()["certificate"]["expires"]
    with serving(tmp_path) as server:
        until("the port answers", lambda: server.ready()["listener"])
        assert server.ready()["certificate"]["expires"] == expires
        server.raw().close()


def test_a_file_that_cannot_be_served_is_waited_for_as_none_is(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    folder.mkdir()
    (folder / "tls.pem").write_bytes(b"garbage")
    with serving(tmp_path) as server:
        assert server.ready()["certificate"]["expires"] is None
        made = tmp_path / "certificates"
        pair = (made / "tls.key").read_bytes() + (made / "tls.crt").read_bytes()
        (folder / "fresh").write_bytes(pair)
        (folder / "fresh").replace(folder / "tls.pem")
        until("it is served", lambda: server.ready()["listener"])
        server.raw().close()
