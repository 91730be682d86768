"""Where the control plane's binaries come from. Needs none of them."""

from pathlib import Path

import pytest

from tests.cluster import binaries


def program(folder: Path, name: str, says: str) -> Path:
    """A program that prints its version."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\necho {says}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with neither Go nor a binary; its PATH is the folder `path`."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("KUBEBUILDER_ASSETS", "GOROOT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_nothing_here_and_no_go_says_what_to_do(bare: Path) -> None:
    with pytest.raises(binaries.Missing) as missing:
        binaries.locate("1.36")
    assert str(missing.value) == (
        "Go is not on PATH; install it, or set KUBEBUILDER_ASSETS to ready binaries"
    )


def test_a_version_that_is_not_prepared_names_those_that_are(bare: Path) -> None:
    with pytest.raises(binaries.Missing) as missing:
        binaries.locate("1.2")
    assert str(missing.value).startswith(
        "Kubernetes 1.2 is not prepared under tests/cluster/tools; "
    )


def test_a_program_on_path_of_the_minor_version_is_taken(bare: Path) -> None:
    there = program(bare / "path", "etcd", "etcd Version: 3.6.1")
    assert binaries.find("etcd", binaries.ETCD) == there


def test_a_program_on_path_of_another_minor_version_is_passed_over(bare: Path) -> None:
    program(bare / "path", "etcd", "etcd Version: 3.16.1")
    assert binaries.find("etcd", binaries.ETCD) is None


def test_kubebuilder_assets_come_before_path_and_cache(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(bare / "path", "kubectl", "Client Version: v1.36.0")
    assets = program(bare / "assets", "kubectl", "Client Version: v1.36.9")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(bare / "assets"))
    assert binaries.find("kubectl", binaries.kubernetes("1.36")) == assets


def test_helm_has_no_option_for_its_version_and_is_asked_by_its_command(bare: Path) -> None:
    there = program(bare / "path", "helm", f'"v{binaries.HELM.minor}${{1#version}}.9"')
    assert binaries.find("helm", binaries.HELM) == there


def test_the_cache_is_kept_by_version_and_by_what_go_pins() -> None:
    module = binaries.kubernetes("1.36")
    assert module.minor == "1.36"
    assert module.cache.name.startswith(f"kubernetes-1.36-{module.version}-")


@pytest.mark.parametrize(
    ("package", "called"),
    [("go.etcd.io/etcd/server/v3", "server"), ("sigs.k8s.io/kwok/cmd/kwok", "kwok")],
    ids=["a major version is no name", "the last part is the name"],
)
def test_go_names_a_program_by_its_package(package: str, called: str) -> None:
    assert binaries.program_of(package) == called
