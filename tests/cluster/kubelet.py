"""A container of a rendered pod, started as the kubelet starts it, on this machine.

Command, arguments, environment, mounted Secrets, ports, probes and the grace period are those of
the manifest. What differs, because there is no container and no cluster network:

| in the manifest                    | here                                                        |
|------------------------------------|-------------------------------------------------------------|
| the image's `taxiway` and `python` | this interpreter                                            |
| a volume's mountPath               | a folder of the test, wherever the path stands in a setting |
| the pod's own account              | a kubeconfig with a token of that account                   |
| every address                      | one of the loopback interface                               |
| a name that the cluster's DNS has  | addresses, by the variable that has the name (`here`)       |
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.cluster.api import Api, Object
from tests.cluster.chart import ROOT
from tests.cluster.credentials import Credentials
from tests.cluster.volumes import Volume
from tests.serving import until

PROGRAMS = {"taxiway": (sys.executable, "-m", "webhook"), "python": (sys.executable,)}


class Container:
    """The first container of a pod template (or a pod), in a namespace of this API server."""

    def __init__(
        self,
        template: Object,
        namespace: str,
        api: Api,
        credentials: Credentials,
        folder: Path,
        address: str = "127.0.0.1",
        here: Mapping[str, str] | None = None,
    ) -> None:
        folder.mkdir()
        self.address = address
        self._here = here or {}
        self._spec = template["spec"]
        self._container: Object = self._spec["containers"][0]
        self._name: str = template["metadata"].get("name", "taxiway-0")
        self._namespace = namespace
        self._api = api
        self._credentials = credentials
        self._folder = folder
        self._volumes = dict(self._mounted())  # by mountPath
        self.log = folder / "log"

    @property
    def command(self) -> list[str]:
        program, *rest = self._container["command"]
        return [*PROGRAMS[program], *rest, *self._container["args"]]

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the test's own but what finds its packages."""
        given = {each["name"]: self._value(each) for each in self._container["env"]}
        outside = {key: os.environ[key] for key in ("PATH", "HOME") if key in os.environ}
        here = {"PYTHONPATH": str(ROOT), "TAXIWAY_HOST": self.address}
        return {**outside, **here, **given, **self._here}

    @property
    def grace_seconds(self) -> float:
        seconds: int = self._spec["terminationGracePeriodSeconds"]
        return seconds

    def port(self, name: str) -> int:
        (found,) = (each for each in self._container["ports"] if each["name"] == name)
        return int(found["containerPort"])

    def asked(self, kind: str) -> Object:
        """The probe as the manifest has it."""
        found: Object = self._container[kind]
        return found

    def probe(self, kind: str) -> bool:
        """Whether the container passes this probe: `livenessProbe` or `readinessProbe`."""
        asked = self.asked(kind)
        where = asked["httpGet"]
        url = f"http://{self.address}:{self.port(where['port'])}{where['path']}"
        try:
            answer = httpx.get(url, timeout=asked["timeoutSeconds"], trust_env=False)
        except httpx.TransportError:
            return False
        return answer.is_success

    def sync(self) -> None:
        """Bring its volumes up to date."""
        for volume in self._volumes.values():
            volume.sync()

    def start(self) -> subprocess.Popen[bytes]:
        identity = {"TAXIWAY_KUBECONFIG": str(self._kubeconfig())}
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command,
                env=self.environment | identity,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
            )

    @contextmanager
    def running(self) -> Iterator["Container"]:
        """Until it is ready, and to its end, for which it has its grace period."""
        process = self.start()
        try:
            until("it is ready", lambda: self.probe("readinessProbe") or self._check(process))
            yield self
        finally:
            process.terminate()
            try:
                process.wait(self.grace_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise
        assert process.returncode == 0, self.log.read_text()

    def _check(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, self.log.read_text()
        return False

    def _value(self, variable: Object) -> str:
        if "valueFrom" in variable:
            fields = {"metadata.name": self._name, "metadata.namespace": self._namespace}
            path: str = variable["valueFrom"]["fieldRef"]["fieldPath"]
            return fields[path]
        value: str = variable["value"]
        for mounted, volume in self._volumes.items():
            value = value.replace(mounted, str(volume.folder))
        return value

    def _mounted(self) -> Iterator[tuple[str, Volume]]:
        declared = {each["name"]: each for each in self._spec.get("volumes", ())}
        for mount in self._container.get("volumeMounts", ()):
            name = mount["name"]
            volume = Volume(declared[name], self._namespace, self._api, self._folder / name)
            yield mount["mountPath"], volume

    def _kubeconfig(self) -> Path:
        account = self._spec["serviceAccountName"]
        token = self._api.token(account, self._namespace)
        cluster = {
            "server": self._credentials.server,
            "certificate-authority": str(self._credentials.ca),
        }
        text = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "tests",
            "clusters": [{"name": "tests", "cluster": cluster}],
            "users": [{"name": account, "user": {"token": token}}],
            "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": account}}],
        }
        path = self._folder / "kubeconfig"
        path.write_text(json.dumps(text))
        return path
