"""Pods read from files: quickly where it can be, and then as the slow way reads them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli.diffing import pods
from tests.engine.given import Json
from webhook.cli.corpus import Case
from webhook.cli.pod_files import PodFiles
from webhook.cli.subject import Refusal

POD = pods()[0]
TYPED = {key: POD[key] for key in ("metadata", "spec")}
JOB = {
    "apiVersion": "batch/v1",
    "kind": "Job",
    "metadata": {"name": "report", "namespace": "data"},
    "spec": {"template": TYPED},
}
REVIEW = {
    "apiVersion": "admission.k8s.io/v1",
    "kind": "AdmissionReview",
    "request": {
        "uid": "u",
        "operation": "CREATE",
        "namespace": "data",
        "userInfo": {"username": "someone"},
        "object": POD,
    },
}


def lines(*every: Json) -> str:
    return "".join(json.dumps(one) + "\n" for one in every)


def pretty(*every: Json) -> str:
    return "\n".join(json.dumps(one, indent=2) for one in every)


def listed(*every: Json, kind: str = "List") -> Json:
    return {"apiVersion": "v1", "kind": kind, "items": list(every)}


def read(folder: Path, text: str | bytes, name: str = "pods.json") -> list[str]:
    """What is found: the origin within the file, name, namespace and user, or why it is none."""
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    corpus = PodFiles((str(file),), govern_all=False)
    return [told(one).removeprefix(str(file)) for one in corpus.cases()]


def told(one: Case | Refusal) -> str:
    if isinstance(one, Refusal):
        return f"{one.origin}: {one.reason}"
    request = one.request
    return f"{one.origin}: {request.pod_name()} in {request.namespace} by {request.user}"


PLAIN = "load-0 in airflow by None"
JOBS = "load-0 in airflow by system:serviceaccount:kube-system:job-controller"
FORMS: dict[str, tuple[str, list[str]]] = {
    "a pod": (pretty(POD), [f":1: {PLAIN}"]),
    "a pod a line": (lines(POD, POD), [f":1: {PLAIN}", f":2: {PLAIN}"]),
    "documents of many lines": (pretty(POD, POD), [f":1: {PLAIN}", f":24: {PLAIN}"]),
    "a List": (
        pretty(listed(POD, JOB)),
        [f":1, items[0]: {PLAIN}", f":1, items[1]: {JOBS}"],
    ),
    "a PodList, whose items do not say what they are": (
        pretty(listed(TYPED, kind="PodList")),
        [f":1, items[0]: {PLAIN}"],
    ),
    "a whole review, which knows who asks": (lines(REVIEW), [":1: load-0 in data by someone"]),
    "YAML": (
        "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {}\n",
        [":1: a in default by None"],
    ),
    "a key that is given twice": (
        '{"kind": "List", "apiVersion": "v1", "items": [{"kind": "Job", "kind": "Job"}, '
        + json.dumps(POD)
        + "]}",
        [
            ":1, items[0]: not JSON: `kind` is given twice in one object; keep one",
            f":1, items[1]: {PLAIN}",
        ],
    ),
    "a pod that is none": (
        lines({**POD, "spec": 3}),
        [":1: the object is no Pod: Expected `object`, got `int` - at `$.spec`"],
    ),
    "nothing": ("", [": holds no pod; give Kubernetes objects as YAML or JSON"]),
    "half of a pod": (
        pretty(POD)[:-2],
        [":22: not JSON: Expecting ',' delimiter"],
    ),
}


@pytest.mark.parametrize(("text", "found"), FORMS.values(), ids=FORMS)
def test_what_is_found(tmp_path: Path, text: str, found: list[str]) -> None:
    assert read(tmp_path, text) == found


@pytest.mark.parametrize("form", [lines, pretty, lambda *every: pretty(listed(*every))])
def test_the_quick_way_reads_what_the_slow_one_does(
    tmp_path: Path, form: Callable[..., str]
) -> None:
    """What begins with a byte order mark is read slowly."""
    quick, slow = tmp_path / "quick.json", tmp_path / "slow.json"
    quick.write_text(form(*pods()))
    slow.write_text("\ufeff" + form(*pods()))
    requests = []
    for file in (quick, slow):
        corpus = PodFiles((str(file),), govern_all=True)
        cases = [one for one in corpus.cases() if isinstance(one, Case) and one.govern_all]
        assert corpus.read == corpus.total
        requests.append([one.request for one in cases])
    assert requests[0] == requests[1]
    assert len(requests[0]) == len(pods())


def test_a_directory_is_read_by_the_names_of_its_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "folder.yaml").mkdir()
    for name in ("c.json", "a.yaml", "b/b.jsonl", "notes.txt"):
        (tmp_path / name).write_text(lines(POD))
    corpus = PodFiles((str(tmp_path),), govern_all=False)
    origins = [one.origin.removeprefix(str(tmp_path)) for one in corpus.cases()]
    assert origins == ["/a.yaml:1", "/b/b.jsonl:1", "/c.json:1"]


def test_an_empty_directory_is_no_corpus(tmp_path: Path) -> None:
    corpus = PodFiles((str(tmp_path),), govern_all=False)
    assert list(map(str, corpus.cases())) == [
        f"{tmp_path}: cannot be read: Is a directory; name files, those with Kubernetes objects in "
        "them"
    ]


WHOLE = lines(POD, listed(JOB, POD), REVIEW).encode()


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(at=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255), cut=st.booleans())
def test_whatever_stands_there_is_a_pod_or_named(
    tmp_path: Path, at: int, byte: int, cut: bool
) -> None:
    broken = WHOLE[:at] + bytes([byte]) + (b"" if cut else WHOLE[at + 1 :])
    assert read(tmp_path, broken)
