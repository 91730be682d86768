"""A control plane on this machine's loopback: etcd, the API server, scheduler, controllers, kwok.

No container engine and no kubelet: kwok says of each bound pod that it runs, and of a Job's pod
that it has completed. Everything else is the real program with its defaults; the options below
say where it differs, and why.
"""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.api import Api
from tests.cluster.credentials import Credentials, make_credentials
from tests.cluster.processes import NeverHappened, Program, free_port

ISSUER = "https://kubernetes.default.svc"
STAGES = Path(__file__).parent / "stages.yaml"
START_SECONDS = 180  # 4 s on an idle machine of two cores; a minute and more on a very busy one

# The controllers that the tests need: a service account in each new namespace, a Job's pods, and
# the deletion of a namespace with all that is in it.
CONTROLLERS = (
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "root-ca-certificate-publisher-controller",
    "job-controller",
    "namespace-controller",
    "garbage-collector-controller",
)


def audit_policy(level: str) -> dict[str, object]:
    """Requests about pods, once they are answered."""
    return {
        "apiVersion": "audit.k8s.io/v1",
        "kind": "Policy",
        "omitStages": ["RequestReceived"],
        "rules": [
            {"level": level, "resources": [{"group": "", "resources": ["pods"]}]},
            {"level": "None"},
        ],
    }


@dataclass(frozen=True)
class ControlPlane:
    """A running control plane. `programs` are looked at when something does not come about."""

    api: Api
    credentials: Credentials
    kubectl: Path
    audit_log: Path
    programs: tuple[Program, ...]

    @property
    def kubeconfig(self) -> Path:
        return self.credentials.kubeconfig("administrator")


@contextmanager
def running_control_plane(
    binaries: Mapping[str, Path], folder: Path, *more_stages: Path
) -> Iterator[ControlPlane]:
    """Start everything in `folder`, wait until the API server is ready, and end it all after.

    `more_stages` are what kwok makes of pods beyond `stages.yaml`.
    """
    port = free_port()
    credentials = make_credentials(folder / "credentials", f"https://127.0.0.1:{port}")
    logs = folder / "logs"
    logs.mkdir()
    with ExitStack() as stack:

        def start(name: str, *options: str) -> Program:
            program = Program(name, (binaries[name], *options), logs)
            stack.callback(program.stop)
            return program

        etcd_port = free_port()
        etcd = start("etcd", *etcd_options(folder, etcd_port))
        server = start("kube-apiserver", *server_options(folder, credentials, port, etcd_port))
        api = _ready_api(credentials, (etcd, server))
        stack.callback(api.close)
        others = (
            start("kube-scheduler", *scheduler_options(credentials)),
            start("kube-controller-manager", *controller_options(credentials)),
            start("kwok", *kwok_options(credentials, *more_stages)),
        )
        yield ControlPlane(
            api,
            credentials,
            binaries["kubectl"],
            folder / "audit.log",
            (etcd, server, *others),
        )


def etcd_options(folder: Path, port: int) -> tuple[str, ...]:
    clients, peers = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}"
    return (
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        "--unsafe-no-fsync",  # nothing here outlives the tests
    )


def server_options(
    folder: Path,
    credentials: Credentials,
    port: int,
    etcd_port: int,
    audit_level: str = "Metadata",
) -> tuple[str, ...]:
    policy = folder / "audit-policy.json"
    policy.write_text(json.dumps(audit_policy(audit_level)))
    return (
        f"--etcd-servers=http://127.0.0.1:{etcd_port}",
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        "--endpoint-reconciler-type=none",  # it refuses a loopback address
        f"--secure-port={port}",
        f"--cert-dir={credentials.folder}",
        "--service-cluster-ip-range=10.96.0.0/24",
        "--authorization-mode=RBAC",
        f"--token-auth-file={credentials.token_file}",
        f"--service-account-issuer={ISSUER}",
        f"--service-account-key-file={credentials.service_account_key}",
        f"--service-account-signing-key-file={credentials.service_account_key}",
        f"--audit-policy-file={policy}",
        f"--audit-log-path={folder / 'audit.log'}",
    )


def scheduler_options(credentials: Credentials) -> tuple[str, ...]:
    return (
        f"--kubeconfig={credentials.kubeconfig('system:kube-scheduler')}",
        "--leader-elect=false",
        "--secure-port=0",
    )


def controller_options(
    credentials: Credentials, controllers: tuple[str, ...] = CONTROLLERS
) -> tuple[str, ...]:
    return (
        f"--kubeconfig={credentials.kubeconfig('system:kube-controller-manager')}",
        f"--controllers={','.join(controllers)}",
        f"--root-ca-file={credentials.ca}",
        f"--service-account-private-key-file={credentials.service_account_key}",
        # As in every real cluster: a Job's pods are made by the job controller's own account.
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--secure-port=0",
    )


def kwok_options(credentials: Credentials, *more_stages: Path) -> tuple[str, ...]:
    return (
        f"--kubeconfig={credentials.kubeconfig('kwok')}",
        # And nothing of the person's own settings.
        *(f"--config={stages}" for stages in (STAGES, *more_stages)),
        "--manage-all-nodes=true",
        "--server-address=127.0.0.1:0",
    )


def _ready_api(credentials: Credentials, programs: tuple[Program, ...]) -> Api:
    """A client of the API server, once that says that it is ready. Raises NeverHappened."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        for program in programs:
            program.check()
        if credentials.ca.exists() and credentials.ca.read_bytes():
            api = Api(credentials)
            if api.is_ready():
                return api
            api.close()
        time.sleep(0.1)
    ends = "\n".join(f"{program.log} ends:\n{program.tail()}" for program in programs)
    raise NeverHappened(f"the API server is not ready after {START_SECONDS} s\n{ends}")
