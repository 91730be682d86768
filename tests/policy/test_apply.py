# ruff: noqa: E501 - an expected line is one line here too
"""The other fields of `apply`, and what no policy may set."""

import pytest

from tests.policy.loading import applying, refused

# What is written, and every line that the loader then says.
REFUSED: dict[str, tuple[str, *tuple[str, ...]]] = {
    "an unknown field": (
        "toleration: []",
        "p.yaml:3:1: teams.a.apply.toleration: unknown key; did you mean `tolerations`?",
    ),
    "a label key that is none": (
        'labels: {"a b": c}',
        'p.yaml:3:10: teams.a.apply.labels["a b"]: `a b` is no label key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit',
    ),
    "a label's name part over 63 characters": (
        "labels: {xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: c}",
        "p.yaml:3:10: teams.a.apply.labels.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is no label key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a label's prefix that is no DNS name": (
        "labels: {Example.com/a: c}",
        'p.yaml:3:10: teams.a.apply.labels["Example.com/a"]: `Example.com/a` is no label key: before the `/` a DNS name such as example.com',
    ),
    "a label value that is none": (
        'labels: {a: "b c"}',
        "p.yaml:3:13: teams.a.apply.labels.a: `b c` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a label value over 63 characters": (
        "labels: {a: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx}",
        "p.yaml:3:13: teams.a.apply.labels.a: `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit",
    ),
    "a label value that YAML takes for a boolean": (
        "labels: {a: true}",
        'p.yaml:3:13: teams.a.apply.labels.a: YAML reads true as a boolean; quote it: "true"',
    ),
    "a label value that is left out": (
        "labels: {a: }",
        "p.yaml:3:13: teams.a.apply.labels.a: is empty; give it a value or delete the key",
    ),
    "a label of Airflow's": (
        "labels: {dag_id: x}",
        "p.yaml:3:10: teams.a.apply.labels.dag_id: is Airflow's own label, by which it finds its pods; a policy must not set it",
    ),
    "a label of Taxiway's": (
        "labels: {taxiway/applied: x}",
        'p.yaml:3:10: teams.a.apply.labels["taxiway/applied"]: is Taxiway\'s own; a policy must not set it',
    ),
    "an annotation of Taxiway's": (
        "annotations: {taxiway/applied: x}",
        'p.yaml:3:15: teams.a.apply.annotations["taxiway/applied"]: is Taxiway\'s own; a policy must not set it',
    ),
    "an annotation of Airflow's": (
        "annotations: {dag_id: x}",
        "p.yaml:3:15: teams.a.apply.annotations.dag_id: is Airflow's own annotation, by which it knows its tasks; a policy must not set it",
    ),
    "the role's annotation by hand": (
        "annotations: {iam.amazonaws.com/role: x}",
        'p.yaml:3:15: teams.a.apply.annotations["iam.amazonaws.com/role"]: is written by `iam`; use iam: {provider: kube2iam, role: ...} instead',
    ),
    "an annotation that the API server checks against the pod": (
        "annotations: {container.apparmor.security.beta.kubernetes.io/base: runtime/default}",
        "p.yaml:3:15: teams.a.apply.annotations[\"container.apparmor.security.beta.kubernetes.io/base\"]: is checked against the pod's own content, so it is left to the pod's author",
    ),
    "an annotation key that is none": (
        'annotations: {"a b": x}',
        'p.yaml:3:15: teams.a.apply.annotations["a b"]: `a b` is no annotation key: after any `/`, at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit',
    ),
    "an annotation's value that YAML takes for a date": (
        "annotations: {since: 2026-01-01}",
        'p.yaml:3:22: teams.a.apply.annotations.since: YAML reads 2026-01-01 as a date; quote it: "2026-01-01"',
    ),
    "annotations that are too large together": (
        'annotations: {a: "' + "x" * 70_000 + '", b: "' + "y" * 70_000 + '"}',
        "p.yaml:3:14: teams.a.apply.annotations: have 140002 bytes; at most 131072 are allowed",
    ),
    "a priority class of a bad name": (
        "priorityClassName: High",
        "p.yaml:3:20: teams.a.apply.priorityClassName: `High` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
    ),
    "a scheduler of a bad name": (
        "schedulerName: my_scheduler",
        "p.yaml:3:16: teams.a.apply.schedulerName: `my_scheduler` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
    ),
    "a runtime class of a bad name": (
        'runtimeClassName: "-gvisor"',
        "p.yaml:3:19: teams.a.apply.runtimeClassName: `-gvisor` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
    ),
    "pull secrets as words": (
        "imagePullSecrets: [regcred]",
        "p.yaml:3:20: teams.a.apply.imagePullSecrets[0]: must be a mapping with keys such as name, not a string",
    ),
    "a pull secret with more than a name": (
        "imagePullSecrets: [{name: regcred, namespace: x}]",
        "p.yaml:3:36: teams.a.apply.imagePullSecrets[0].namespace: unknown key; did you mean `name`?",
    ),
    "a pull secret twice": (
        "imagePullSecrets: [{name: regcred}, {name: regcred}]",
        "p.yaml:3:37: teams.a.apply.imagePullSecrets[1]: is the same as item [0]; delete one of them",
    ),
    "an unknown way to solve conflicts": (
        "onConflict: Override",
        "p.yaml:3:13: teams.a.apply.onConflict: `Override` is not deny, keep or override; did you mean `override`?",
    ),
    "an unknown provider": (
        "iam: {provider: kiam, role: x}",
        "p.yaml:3:17: teams.a.apply.iam.provider: `kiam` is not kube2iam, irsa, eks-pod-identity, gke or azure; did you mean `kube2iam`?",
    ),
    "kube2iam without a role": (
        "iam: {provider: kube2iam}",
        "p.yaml:3:6: teams.a.apply.iam: `role` is missing: kube2iam works through the role in an annotation",
    ),
    "kube2iam with a service account": (
        "iam: {provider: kube2iam, role: x, serviceAccountName: y}",
        "p.yaml:3:36: teams.a.apply.iam.serviceAccountName: has no meaning with kube2iam; delete it",
    ),
    "kube2iam with what is no role": (
        'iam: {provider: kube2iam, role: "arn:aws:iam::1:role/x"}',
        "p.yaml:3:33: teams.a.apply.iam.role: `arn:aws:iam::1:role/x` is no role; write an ARN such as arn:aws:iam::111122223333:role/payments, or its last part",
    ),
    "a role with white space": (
        'iam: {provider: irsa, serviceAccountName: x, role: "a b"}',
        "p.yaml:3:52: teams.a.apply.iam.role: holds white space, which no role does",
    ),
    "irsa without a service account": (
        "iam: {provider: irsa, role: x}",
        "p.yaml:3:6: teams.a.apply.iam: `serviceAccountName` is missing: irsa works through one",
    ),
    "a service account of a bad name": (
        "iam: {provider: gke, serviceAccountName: A}",
        "p.yaml:3:42: teams.a.apply.iam.serviceAccountName: `A` is no name of an object: at most 253 small letters, digits and `-`, beginning and ending with a letter or digit; `.` between",
    ),
    "iam for workloads that do not exist": (
        'iam: {provider: kube2iam, role: x, workloads: [sparks, "k*"]}',
        "p.yaml:3:48: teams.a.apply.iam.workloads[0]: `sparks` matches no workload; did you mean `spark`?",
    ),
    "iam for no workload": (
        "iam: {provider: kube2iam, role: x, workloads: []}",
        "p.yaml:3:47: teams.a.apply.iam.workloads: is empty; name at least one, or delete the key",
    ),
    "a role that is empty": (
        'iam: {provider: kube2iam, role: ""}',
        "p.yaml:3:33: teams.a.apply.iam.role: is empty; write an ARN or a role's name",
    ),
    "a role that is too long": (
        "iam: {provider: irsa, serviceAccountName: x, role: " + "r" * 513 + "}",
        "p.yaml:3:52: teams.a.apply.iam.role: has 513 characters; at most 512 are allowed",
    ),
}


@pytest.mark.parametrize(
    ("text", "lines"), [(row[0], row[1:]) for row in REFUSED.values()], ids=REFUSED
)
def test_it_is_refused(text: str, lines: tuple[str, ...]) -> None:
    assert refused(applying(text)) == list(lines)
