"""Which keys of ConfigMaps are policy files, when they are loaded, and as whom they are read."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from kubernetes.config import incluster_config

from tests.sources.scripted_api import ScriptedApi, scripted_api
from tests.sources.test_loader import said
from webhook.sources.api import Api
from webhook.sources.comparison import Comparison
from webhook.sources.composing import live_files
from webhook.sources.configmaps import ConfigMaps
from webhook.sources.connection import configured
from webhook.sources.directory import Unreadable
from webhook.sources.frames import Alive
from webhook.sources.mirror import ConfigMap, Mirror, State
from webhook.sources.process import Namespace
from webhook.sources.quiet import QUIET_SECONDS

KINDS = {
    "a key that ends in .yaml": ({"data": {"x.yaml": "a"}}, [("one/x.yaml", b"a")]),
    "a key that ends in .yml": ({"data": {"x.yml": "a"}}, [("one/x.yml", b"a")]),
    "no other key": ({"data": {"x.json": "a", "yaml": "b"}}, []),
    "a key that is no UTF-8, for its error": (
        {"binaryData": {"x.yaml": "/w=="}},
        [("one/x.yaml", b"\xff")],
    ),
    "all keys, by name": (
        {"data": {"b.yaml": "ö", "a.yaml": ""}},
        [("one/a.yaml", b""), ("one/b.yaml", "ö".encode())],
    ),
    "a ConfigMap without any": ({}, []),
    "null for what is empty": ({"data": None, "binaryData": None}, []),
}


def item(**content: object) -> ConfigMap:
    meta = {"name": "one", "resourceVersion": "1", "labels": {"taxiway/policy": "live"}}
    whole = {"metadata": meta, **content}
    return msgspec.json.decode(msgspec.json.encode(whole), type=ConfigMap)


@pytest.mark.parametrize(("content", "found"), KINDS.values(), ids=KINDS.keys())
def test_what_is_a_policy_file(content: dict[str, object], found: list[tuple[str, bytes]]) -> None:
    assert list(live_files(State({"one": item(**content)}))) == found


class Scene:
    def __init__(self, script: ScriptedApi) -> None:
        self.now = 1000.0
        self.mirror = Mirror(lambda: self.now)
        api = Api("airflow", script.kubeconfig)
        comparison = Comparison(api, self.mirror, api.cut, lambda: self.now)
        self.source = ConfigMaps("airflow", self.mirror, comparison, lambda: self.now)

    def rest(self) -> None:
        """Let so much time pass that what has changed is loaded."""
        self.source.poll()
        self.now += QUIET_SECONDS + 0.01


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with scripted_api(tmp_path) as script:
        yield Scene(script)


GOOD = item(data={"x.yaml": "a"})


def test_nothing_is_loaded_before_the_first_list_is_complete(scene: Scene) -> None:
    assert scene.source.poll() is None
    scene.mirror.listed({"one": GOOD}, "1")
    assert scene.source.poll() == (("one/x.yaml", b"a"),)


def test_a_change_is_loaded_when_it_has_been_quiet_for_300_ms(scene: Scene) -> None:
    scene.mirror.listed({"one": GOOD}, "1")
    scene.source.poll()
    scene.mirror.put(item(data={"x.yaml": "b"}))
    assert scene.source.poll() is None
    scene.now += QUIET_SECONDS + 0.01
    assert scene.source.poll() == (("one/x.yaml", b"b"),)


def test_a_change_of_what_is_no_policy_is_no_load(scene: Scene) -> None:
    scene.mirror.listed({"one": GOOD}, "1")
    scene.source.poll()
    scene.mirror.put(item(data={"x.yaml": "a", "notes": "new"}))
    scene.rest()
    assert scene.source.poll() is None


def test_no_policy_file_at_all_is_told_by_what_is_missing(scene: Scene) -> None:
    scene.mirror.listed({"one": item(data={"x.txt": "a"})}, "1")
    found = scene.source.poll()
    assert isinstance(found, Unreadable)
    assert str(found) == (
        "no ConfigMap in namespace airflow has both the label taxiway/policy=live and a key that "
        "ends in .yaml or .yml: label those that hold policies"
    )


def test_a_loader_that_cannot_reach_the_api_server_says_so(tmp_path: Path) -> None:
    with scripted_api(tmp_path) as script:
        pass  # nobody listens on its port any more
    (alive,) = asyncio.run(said(Namespace("airflow", script.kubeconfig), 1))
    assert alive == Alive(
        None,
        "the ConfigMaps of namespace airflow cannot be read: "
        "the API server cannot be reached: Connection refused",
    )


def test_a_loader_without_a_kubeconfig_says_so(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    (alive,) = asyncio.run(said(Namespace("airflow", missing), 1))
    assert isinstance(alive, Alive)
    assert alive.trouble == (
        "the ConfigMaps of namespace airflow cannot be read: the way to the API server is not "
        "known: Invalid kube-config file. No configuration found"
    )


def test_in_a_cluster_the_pods_own_account_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, authority = tmp_path / "token", tmp_path / "ca.crt"
    authority.write_text("a certificate")
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(token))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(authority))
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    for text in ("first", "second"):  # made anew after an error, it has the token of then
        token.write_text(text)
        made = configured(None)
        assert made.host == "https://10.0.0.1:443"
        assert made.get_api_key_with_prefix("BearerToken") == f"bearer {text}"


def test_who_reads_a_directory_does_not_import_the_kubernetes_client() -> None:
    imports = (
        "import sys; from webhook.sources.loader import Inbox, begun; "
        "begun(Inbox(), 'directory', '.'); "
        "print('kubernetes' in sys.modules, 'yaml' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", imports], capture_output=True, check=True, text=True
    )
    assert done.stdout == "False True\n"
