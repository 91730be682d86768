"""A pod's volumes as folders of the test, filled as the kubelet fills them.

A Secret's keys are files that lead through the link `..data` to a folder of one version, and a
change puts that link in place of the one before: all files at once. An emptyDir is a folder.
Source: Kubernetes, pkg/volume/util/atomic_writer.go.
"""

import base64
import itertools
import shutil
from pathlib import Path

from tests.cluster.api import Api, Object


class Volume:
    """One volume of a pod in this namespace; `folder` must not be there yet."""

    def __init__(self, declared: Object, namespace: str, api: Api, folder: Path) -> None:
        self.folder = folder
        self._secret: Object | None = declared.get("secret")
        self._namespace = namespace
        self._api = api
        self._versions = itertools.count()
        self._written: dict[str, bytes] = {}
        folder.mkdir()
        self.sync()

    def sync(self) -> None:
        """Take over what the API server has now; the kubelet does so within a minute or so."""
        if self._secret is None:
            return
        files = self._files(self._secret)
        if files != self._written:
            self._write(files)
            self._written = files

    def _files(self, secret: Object) -> dict[str, bytes]:
        data = self._api.get("Secret", secret["secretName"], self._namespace).made()["data"]
        items = secret.get("items") or [{"key": key, "path": key} for key in data]
        return {
            each["path"]: base64.b64decode(data[each["key"]])
            for each in items
            if each["key"] in data
        }

    def _write(self, files: dict[str, bytes]) -> None:
        data, draft = self.folder / "..data", self.folder / "..data_tmp"
        before = data.resolve() if data.exists() else None
        version = self.folder / f"..{next(self._versions)}"
        version.mkdir()
        for name, content in files.items():
            (version / name).write_bytes(content)
        draft.symlink_to(version.name)
        draft.rename(data)
        for name in files:
            if not (self.folder / name).is_symlink():
                (self.folder / name).symlink_to(Path("..data") / name)
        if before is not None:
            shutil.rmtree(before)
