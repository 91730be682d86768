"""A Secret of one's own for `tls.mode: existingSecret`, and the pairs that are put into it."""

import base64
import time
from pathlib import Path

from tests.cluster.api import Api, Object
from tests.cluster.installation import HOST, NAMESPACE
from tests.cluster.world import of
from tests.reliability.release import Release
from webhook.server.certificates import make_certificates

SECRET = "taxiway-certificate"  # noqa: S105  its name


class ExistingSecret:
    """All pairs are of one CA."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authority = make_certificates(folder, (HOST,)).authority

    @property
    def values(self) -> Object:
        """Of the chart."""
        bundle = self._authority.read_text()
        return {"mode": "existingSecret", "secretName": SECRET, "caBundle": bundle}

    def create(self, api: Api) -> None:
        api.create(self._manifest()).made()

    def rotate(self, release: Release, apart: float) -> None:
        """Another pair. Each kubelet brings it to its pod in its own time, `apart` seconds."""
        for name in ("tls.crt", "tls.key"):
            (self._folder / name).unlink()
        release.api.replace(self._manifest()).made()
        for pod in release.pods:
            time.sleep(apart)
            pod.container.sync()

    def _manifest(self) -> Object:
        made = make_certificates(self._folder, (HOST,))
        files = {"tls.crt": made.certificate, "tls.key": made.key}
        data = {key: base64.b64encode(path.read_bytes()).decode() for key, path in files.items()}
        named = of("v1", "Secret", SECRET, namespace=NAMESPACE)
        return named | {"type": "kubernetes.io/tls", "data": data}
