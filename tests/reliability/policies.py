"""The policies of the scenarios, the pods that are created, and what each policy gives to those.

One team, whose pods get something of each kind: a label, an annotation, a node selector, a
toleration and a variable. Policies differ by their wave, which stands in all of it, so that a pod
that two of them had a part in is found out.
"""

from msgspec import Struct

from tests.cluster import pods
from tests.cluster.api import Object
from webhook.names import APPLIED
from webhook.policy.load import load

ROLE = "iam.amazonaws.com/role"
GOOD, BAD = "good", "bad"  # what the names of pods begin with


def policy(wave: int) -> str:
    return f"""\
apiVersion: taxiway/v1
requirements:
  - label: team
  - {{label: wave, values: [w{wave}]}}
teams:
  growth:
    members: {{namespaces: ["data-*"], dags: ["growth_*"]}}
    apply:
      labels: {{wave: w{wave}}}
      nodeSelector: {{pool: w{wave}}}
      tolerations: [{{key: dedicated, operator: Equal, value: w{wave}, effect: NoSchedule}}]
      iam: {{provider: kube2iam, role: "arn:aws:iam::111122223333:role/w{wave}"}}
      container: {{env: [{{name: WAVE, value: w{wave}}}]}}
"""


def revision(wave: int) -> str:
    return load([("policy.yaml", policy(wave).encode())]).spec.revision


def good(namespace: str) -> Object:
    """A pod that every wave places and allows."""
    return _named(GOOD, pods.pod_operator("growth_daily", namespace=namespace))


def bad(namespace: str) -> Object:
    """A pod that every wave refuses: there is no such team."""
    return _named(BAD, pods.pod_operator("growth_daily", namespace=namespace, team="grwth"))


def _named(kind: str, pod: Object) -> Object:
    pod["metadata"]["name"] = pods.fresh(kind)
    return pod


class Placement(Struct, frozen=True):
    """The parts of a pod that policies give."""

    labels: dict[str, str]
    annotations: dict[str, str]
    node_selector: dict[str, str]
    tolerations: tuple[Object, ...]  # but those that the API server gives every pod
    env: tuple[Object, ...]


def given(wave: int) -> Placement:
    """What a good pod has by this policy."""
    name = f"w{wave}"
    role = f"arn:aws:iam::111122223333:role/{name}"
    author = good("")["metadata"]["labels"]
    return Placement(
        labels=author | {"team": "growth", "wave": name},
        annotations={ROLE: role, APPLIED: f"growth@{revision(wave)}"},
        node_selector={"pool": name},
        tolerations=(pods.tolerating(name),),
        env=({"name": "WAVE", "value": name},),
    )


def found(pod: Object) -> Placement:
    """What this pod has."""
    metadata, spec = pod["metadata"], pod["spec"]
    return Placement(
        labels=metadata.get("labels", {}),
        annotations=metadata.get("annotations", {}),
        node_selector=spec.get("nodeSelector", {}),
        tolerations=tuple(
            each
            for each in spec.get("tolerations", ())
            if not each.get("key", "").startswith("node.kubernetes.io/")
        ),
        env=tuple(spec["containers"][0].get("env", ())),
    )
