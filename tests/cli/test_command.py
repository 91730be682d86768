"""The command as it is used: exit codes, pipes, colour, and that no secret comes out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import POLICIES, ROOT, environment, taxiway

REVIEW = ("review", "--policies", POLICIES, "--now", "2026-06-01")
ALLOWED, DENIED = "examples/pods/pod-operator.json", "examples/pods/kubernetes-executor.json"
INPUTS = "tests/cli/inputs"

CODES = [
    ("every pod is allowed", (*REVIEW, ALLOWED), 0),
    ("a pod that is not governed is allowed", (*REVIEW, "--namespace", "kube-system", "-"), 0),
    ("one of two is denied", (*REVIEW, ALLOWED, DENIED), 1),
    ("a denied pod beside what cannot be read", (*REVIEW, DENIED, "missing.yaml"), 2),
    ("a file that is a directory", (*REVIEW, "examples"), 2),
    ("no file", REVIEW, 2),
    ("no policies", ("review", ALLOWED), 2),
    ("policies that are bad", ("review", "--policies", f"{INPUTS}/policies-bad", ALLOWED), 2),
    ("good policies", ("lint", POLICIES, "--strict", "--now", "2026-06-01"), 0),
    ("warnings", ("lint", f"{INPUTS}/policies-odd"), 0),
    ("warnings when strict", ("lint", f"{INPUTS}/policies-odd", "--strict"), 1),
    ("errors", ("lint", f"{INPUTS}/policies-bad"), 2),
    ("one policy file", ("lint", f"{INPUTS}/policies-odd/policy.yaml"), 0),
    ("an unknown command", ("permit",), 2),
    ("the schema", ("schema",), 0),
    ("the version", ("version",), 0),
]


@pytest.mark.parametrize(("words", "code"), [r[1:] for r in CODES], ids=[r[0] for r in CODES])
def test_the_exit_code(words: tuple[str, ...], code: int) -> None:
    ended = taxiway(*words, stdin=b"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n")
    assert ended.code == code, ended


def test_json_has_its_keys_in_order_and_one_line_a_pod() -> None:
    ended = taxiway(*REVIEW, "-o", "json", ALLOWED, DENIED)
    first, second = (json.loads(line) for line in ended.out.splitlines())
    assert list(first) == [
        "name",
        "namespace",
        "workload",
        "team",
        "allowed",
        "mode",
        "patch",
        "violations",
        "warnings",
    ]
    assert list(second["violations"][0]) == ["rule", "message", "path", "mode"]
    assert [first["allowed"], second["allowed"]] == [True, False]


def test_a_pod_that_is_left_alone_has_neither_workload_nor_team_nor_mode() -> None:
    ended = taxiway(*REVIEW, "-o", "json", "-", stdin=b'{"apiVersion": "v1", "kind": "Pod"}')
    assert json.loads(ended.out) == {
        "name": None,
        "namespace": "default",
        "workload": None,
        "team": None,
        "allowed": True,
        "mode": None,
        "patch": [],
        "violations": [],
        "warnings": [],
    }


def test_standard_input_is_read_and_named_in_errors() -> None:
    ended = taxiway(*REVIEW, "-", stdin=b"a: 1\n---\n{")
    accepted = ended.err.splitlines()[0].partition("; ")[2]
    assert ended.err.splitlines() == [
        f"standard input:1: there is no `kind`, so nobody can tell what it is; {accepted}",
        "standard input:4: not YAML that Kubernetes reads: did not find expected node content",
    ]


def test_an_empty_input_is_an_error() -> None:
    ended = taxiway(*REVIEW, "-o", "json", "-")
    assert (ended.code, ended.out, ended.err) == (
        2,
        "",
        "standard input: is empty; give a Kubernetes object as YAML or JSON\n",
    )


SECRETS = {
    "as a pod": f"{INPUTS}/growth.yaml",
    "in audit": f"{INPUTS}/in-audit.yaml",
    "in a List and a Deployment": f"{INPUTS}/several.yaml",
    "in an AdmissionReview": f"{INPUTS}/update.yaml",
}


@pytest.mark.parametrize("file", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("output", ["text", "json"])
def test_no_arg_and_no_variable_comes_out(file: str, output: str) -> None:
    assert "SENTINEL" in (ROOT / file).read_text()
    ended = taxiway(*REVIEW, "--all", "-o", output, file)
    assert "SENTINEL" not in ended.out + ended.err
    assert ended.out


BROKEN = {
    "a variable that is a number": "{name: base, env: [{name: 1, value: SENTINEL}]}",
    "args that are no list": "{name: base, args: SENTINEL, env: SENTINEL}",
    "a bracket that is missing": "{name: base, args: [SENTINEL}",
    "a key given twice": "{name: base, args: [SENTINEL], args: [SENTINEL]}",
    "an alias of nothing": "{name: base, args: [SENTINEL, *nothing]}",
}


@pytest.mark.parametrize("container", BROKEN.values(), ids=BROKEN)
def test_no_error_about_a_pod_shows_its_args_or_variables(container: str) -> None:
    pod = f"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - {container}\n"
    ended = taxiway(*REVIEW, "--all", "-", stdin=pod.encode())
    assert "SENTINEL" not in ended.out + ended.err
    assert ended.out + ended.err


COLOURS = [
    ("a pipe gets none", {}, False),
    ("FORCE_COLOR makes it a terminal", {"FORCE_COLOR": "1", "TERM": "xterm"}, True),
    ("NO_COLOR wins", {"FORCE_COLOR": "1", "TERM": "xterm", "NO_COLOR": "1"}, False),
]


@pytest.mark.parametrize(
    ("env", "coloured"), [row[1:] for row in COLOURS], ids=[row[0] for row in COLOURS]
)
def test_colour(env: dict[str, str], coloured: bool) -> None:
    ended = taxiway(*REVIEW, DENIED, env=env)
    assert ("\x1b[" in ended.out) is coloured


def test_a_terminal_that_knows_ascii_alone_gets_everything_else_written_out() -> None:
    pod = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "gr\\u00fcn-\\u001b[31m"}}'
    ended = taxiway(*REVIEW, "-", stdin=pod.encode(), env={"PYTHONIOENCODING": "ascii"})
    assert ended.out.splitlines()[0] == r"LEFT ALONE  gr\xfcn-\x1b[31m in default"


@pytest.mark.parametrize("output", ["text", "json"])
def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path, output: str) -> None:
    # 64 KiB fit into a pipe that nobody reads; 200 pods are more than twice that.
    pods = tmp_path / "pods.json"
    pods.write_text((ROOT / ALLOWED).read_text() * 200)
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "webhook", *REVIEW, "-o", output, str(pods)],
        stdout=writing,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    )
    os.close(writing)
    os.read(reading, 1)
    os.close(reading)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (141, b"")


def test_an_option_is_taken_from_the_environment() -> None:
    env = {"TAXIWAY_POLICIES": "p", "TAXIWAY_TLS_CERT": "c"}
    ended = taxiway("serve", env=env)
    assert (ended.code, ended.err.splitlines()[-1]) == (
        2,
        "Error: Invalid value for --tls-key: is needed (env var: TAXIWAY_TLS_KEY), or "
        "--tls managed",
    )


def test_who_may_govern_is_given_one_a_line() -> None:
    given = {"policies": "p", "tls-cert": "c", "tls-key": "k", "govern-users": "jane\n[a-z]*\n"}
    ended = taxiway("serve", *(f"--{name}={value}" for name, value in given.items()))
    assert (ended.code, ended.err.splitlines()[-1]) == (
        2,
        "Error: Invalid value for --govern-users: `[a-z]*` has a character class; only * and ? "
        "are wildcards, so list the names instead",
    )


def test_configmaps_need_a_namespace() -> None:
    ended = taxiway("serve", "--policies", "configmaps", "--tls-cert", "c", "--tls-key", "k")
    assert (ended.code, ended.err.splitlines()[-1]) == (
        2,
        "Error: Invalid value for --namespace: is needed with --policies configmaps: it says whose",
    )


def test_certificates_are_made_where_they_are_wanted(tmp_path: Path) -> None:
    ended = taxiway("certs", str(tmp_path), "--host", "taxiway.example.com")
    assert ended.code == 0, ended
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "ca.crt",
        "ca.key",
        "tls.crt",
        "tls.key",
    ]
    assert ended.out.splitlines() == sorted(str(file) for file in tmp_path.iterdir())


SAID = {
    "lint without a directory": (
        ("lint",),
        "Error: Invalid value for DIR: give the directory of the policies, or --cluster and "
        "--namespace",
    ),
    "lint with what is for --cluster alone": (
        ("lint", POLICIES, "--namespace", "x"),
        "Error: Invalid value for --cluster: give it too, or a directory alone",
    ),
    "a certificate for what is no host": (
        ("certs", "never-made", "--host", "a b"),
        "--host: 'a b' is neither a DNS name nor an IP address; write one such as "
        "taxiway.airflow.svc or 10.0.0.1",
    ),
    "a namespace that nobody can have": (
        ("review", "-", "--policies", POLICIES, "--namespace", "Air Flow"),
        "Error: Invalid value for '--namespace': `Air Flow` is no namespace's name: at most 63 "
        "small letters, digits and `-`, beginning and ending with a letter or digit",
    ),
    "a namespace of nothing": (
        ("policies", "--namespace", ""),
        "Error: Invalid value for '--namespace' / '-n': `` is no namespace's name: at most 63 "
        "small letters, digits and `-`, beginning and ending with a letter or digit",
    ),
    "one of several namespaces that nobody can have": (
        ("audit", "--policies", POLICIES, "--in", "airflow", "--in", "a_b"),
        "Error: Invalid value for '--in': `a_b` is no namespace's name: at most 63 small letters, "
        "digits and `-`, beginning and ending with a letter or digit",
    ),
    "a kubeconfig that is not there": (
        ("audit", "--policies", POLICIES, "--kubeconfig", "none.conf"),
        "Error: Invalid value for '--kubeconfig': `none.conf` is no file; give a kubeconfig, or "
        "leave it out to use kubectl's",
    ),
    "policies of no path": (
        ("review", "-", "--policies", ""),
        "Error: Invalid value for '--policies': is empty; give where the policies are, or . "
        "for this directory",
    ),
    "policies of no path, to serve": (
        ("serve", "--policies", ""),
        "Error: Invalid value for '--policies' (env var: 'TAXIWAY_POLICIES'): is empty; "
        "give where the policies are, or . for this directory",
    ),
    "policies of no path, to check": (
        ("lint", ""),
        "Error: Invalid value for 'DIR': is empty; give where the policies are, or . "
        "for this directory",
    ),
    "certificates in what is no directory": (
        ("certs", "/dev/null/x"),
        "/dev/null/x: certificates cannot be made there: Not a directory; name a directory that "
        "can be written",
    ),
}


HELPED = {
    "of all": ("Usage: taxiway [OPTIONS] COMMAND [ARGS]...", ("-h",)),
    "of a command": ("Usage: taxiway review [OPTIONS] {FILE}...", ("review", "-h")),
    "where an argument may be left out": ("Usage: taxiway lint [OPTIONS] [DIR]", ("lint", "-h")),
}


@pytest.mark.parametrize(("first", "words"), HELPED.values(), ids=HELPED)
def test_what_is_tried_first_helps(first: str, words: tuple[str, ...]) -> None:
    ended = taxiway(*words)
    assert (ended.code, ended.out.splitlines()[0]) == (0, first)


def test_policies_come_from_a_pipe_too() -> None:
    ended = taxiway("lint", "/dev/stdin", stdin=b"apiVersion: taxiway/v1\nteams: {a: }\n")
    assert (ended.code, ended.out, ended.err) == (
        0,
        "1 file, 1 team, 0 profiles, 0 requirements: ok\n",
        "",
    )


def test_the_version_is_an_option_too() -> None:
    assert taxiway("--version") == taxiway("version")


@pytest.mark.parametrize(("words", "said"), SAID.values(), ids=SAID)
def test_what_is_wrong_is_said_with_what_to_do(words: tuple[str, ...], said: str) -> None:
    ended = taxiway(*words)
    assert (ended.code, ended.err.splitlines()[-1]) == (2, said)


@pytest.mark.parametrize(
    "bare",
    [
        pytest.param(b'{"apiVersion": "v1", "kind": "Pod"}', id="absent"),
        pytest.param(b"{apiVersion: v1, kind: Pod, metadata: null, spec: null}", id="null"),
    ],
)
def test_a_pod_without_metadata_or_spec_is_patched_as_if_they_were_empty(bare: bytes) -> None:
    ended = taxiway(*REVIEW, "--all", "--namespace", "dev-x", "-o", "json", "-", stdin=bare)
    assert (ended.code, json.loads(ended.out)["workload"]) == (0, "other")
    ended = taxiway(*REVIEW, "--all", "--namespace", "growth", "-o", "json", "-", stdin=bare)
    assert (ended.code, json.loads(ended.out)["team"]) == (0, "growth")
