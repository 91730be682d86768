"""A kubeconfig that is none: said in one line that shows nothing of it."""

from pathlib import Path

import pytest

from webhook.sources.api_errors import Unreachable
from webhook.sources.connection import Connection

HEAD = """\
current-context: c
contexts: [{name: c, context: {cluster: k, user: u}}]
clusters: [{name: k, cluster: {server: "https://127.0.0.1:1"}}]
"""
NONE = "is no kubeconfig ({}): write it anew, as `kubectl config view` shows a good one"

# {} stands for the file's path.
CONFIGS = {
    "bytes that are no text": (b"\xff\xfe", f"{{}} {NONE.format('UnicodeDecodeError')}"),
    "no YAML": (b"token: [SENTINEL", f"{{}} {NONE.format('ParserError')}"),
    "a list": (b"[SENTINEL]", f"{{}} {NONE.format('TypeError')}"),
    "a word": (b"SENTINEL", f"{{}} {NONE.format('TypeError')}"),
    "clusters that are no list": (
        b"current-context: c\ncontexts: [{name: c, context: {cluster: k}}]\nclusters: 5\n",
        f"{{}} {NONE.format('TypeError')}",
    ),
    "nothing": (b"", "Invalid kube-config. {} file is empty"),
    "a user that lacks a key beside a token": (
        f"{HEAD}users: [{{name: u, token: SENTINEL}}]\n".encode(),
        "Invalid kube-config file. Expected key user in {}",
    ),
}


@pytest.mark.parametrize(("content", "why"), CONFIGS.values(), ids=CONFIGS.keys())
def test_what_is_no_kubeconfig(tmp_path: Path, content: bytes, why: str) -> None:
    file = tmp_path / "config"
    file.write_bytes(content)
    connection = Connection(file)
    with pytest.raises(Unreachable) as raised, connection.telling():
        connection.open("GET", "/api", (1, 1))
    expected = f"the way to the API server is not known: {why.format(file)}"
    assert str(raised.value) == expected
