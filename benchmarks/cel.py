"""What Taxiway does to the measured pod, as policies of the API server's own, in CEL.

Written as their users would, in two ways, each a MutatingAdmissionPolicy and a
ValidatingAdmissionPolicy with their bindings:

| way                | policies     | how a pod's team is found                                   |
|--------------------|--------------|-------------------------------------------------------------|
| a policy a team    | two a team   | the policy matches its dags, namespace and users            |
| a parameter object | two          | by the beginning of the dag's name, in one ConfigMap of all |

They give the pod label, cost center, node selector, toleration, priority class and role, and
refuse another team's cost center, label, toleration and role. What CEL leaves out of what Taxiway
does: a team by globs, a message that says what to do, a nearest name, exemptions, stages, one
policy set for both sides. Source: Kubernetes' reference of both kinds, v1 since 1.36.
"""

from collections.abc import Sequence

from benchmarks import policies
from tests.cluster.api import Object
from tests.cluster.world import of

API = "admissionregistration.k8s.io/v1"
NAMESPACE = "airflow"
TEAMS = "teams"  # the ConfigMap
MUTATING, VALIDATING = "MutatingAdmissionPolicy", "ValidatingAdmissionPolicy"
PODS: Object = {
    "resourceRules": [
        {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    ]
}
AIRFLOW = (
    'has(object.metadata.labels) && "kubernetes_executor" in object.metadata.labels && '
    'object.metadata.labels["kubernetes_executor"] == "True"'
)
DAG = 'object.metadata.annotations["dag_id"]'
HAS_DAG = 'has(object.metadata.annotations) && "dag_id" in object.metadata.annotations'
ROLE = "iam.amazonaws.com/role"
CODE = 'object.metadata.labels["cost-center"]'


def names(teams: int) -> list[str]:
    """As the policy set of the same size has them; the pod's own is the first."""
    return ["payments", *(f"team-{number:05}" for number in range(1, teams))]


def a_policy_a_team(teams: int) -> list[Object]:
    """Two policies and two bindings for each team."""
    made: list[Object] = []
    for number, name in enumerate(names(teams)):
        code, role = f"CC-{number:05}", policies.ROLE.format(name)
        users = [f"system:serviceaccount:airflow:{user}" for user in policies.USERS]
        dag = f'{HAS_DAG} && {DAG}.startsWith("{name}_")'
        mine = f'request.namespace == "{NAMESPACE}" && request.userInfo.username in {users}'
        belongs = f"{dag} && {mine}".replace("'", '"')
        given = given_by(quoted(name), quoted(code), quoted(role))
        made += policy(MUTATING, name, (AIRFLOW, belongs), {"mutations": patch(given)})
        refused = {
            f'{_is(name)} && !({CODE} in ["{code}", "{code}-B"])': (
                f"team {name} pays with {code} or {code}-B"
            ),
            f"{_is(name)} && !({dag})": f"this dag is not of team {name}",
            f"!{_is(name)} && {_tolerates(quoted(name))}": (
                f"the nodes of team {name} are for its own pods"
            ),
            f"!{_is(name)} && {_has_role('==', quoted(role))}": f"the role is team {name}'s",
        }
        made += policy(VALIDATING, name, (AIRFLOW,), {"validations": validations(refused)})
    return made


def a_parameter_object(teams: int) -> list[Object]:
    """A ConfigMap of all teams, and two policies that look there."""
    data: dict[str, str] = {}
    for number, name in enumerate(names(teams)):
        code = f"CC-{number:05}"
        data |= {f"{name}.code": code, f"{name}.role": policies.ROLE.format(name)}
    teams_map = of("v1", "ConfigMap", TEAMS, namespace=NAMESPACE) | {"data": data}
    variables = [
        {"name": "team", "expression": f'{HAS_DAG} ? {DAG}.split("_")[0] : ""'},
        {"name": "known", "expression": 'variables.team + ".code" in params.data'},
    ]
    code, role = (f'params.data[variables.team + ".{part}"]' for part in ("code", "role"))
    given = given_by("variables.team", code, role)
    mutations = patch(f"variables.known ? ({given}) : []")
    mine = f"has({_label('team')}) && {_label('team')} == variables.team"
    refused = {
        "!variables.known": "no team has this dag",
        f"variables.known && !({mine})": "the label team is not the dag's",
        f'variables.known && !({CODE} == {code} || {CODE} == {code} + "-B")': (
            "the cost center is not the team's"
        ),
        _tolerates("variables.team", "!="): "the nodes of other teams are for their pods",
        f"variables.known && {_has_role('!=', role)}": "the role is not the team's",
    }
    shared = {"variables": variables, "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"}}
    return [
        teams_map,
        *policy(MUTATING, TEAMS, (AIRFLOW,), shared | {"mutations": mutations}),
        *policy(VALIDATING, TEAMS, (AIRFLOW,), shared | {"validations": validations(refused)}),
    ]


def policy(kind: str, name: str, conditions: Sequence[str], spec: Object) -> list[Object]:
    """A policy and its binding."""
    matches = [
        {"name": f"condition-{number}", "expression": text}
        for number, text in enumerate(conditions)
    ]
    whole = {"matchConstraints": PODS, "matchConditions": matches, "failurePolicy": "Fail"} | spec
    binding: Object = {"policyName": name}
    if kind == MUTATING:
        whole["reinvocationPolicy"] = "IfNeeded"
    else:
        binding["validationActions"] = ["Deny"]
    if "paramKind" in spec:
        where = {"name": TEAMS, "namespace": NAMESPACE, "parameterNotFoundAction": "Deny"}
        binding["paramRef"] = where
    return [
        of(API, kind, name) | {"spec": whole},
        of(API, f"{kind}Binding", name) | {"spec": binding},
    ]


def given_by(team: str, code: str, role: str) -> str:
    """What the team's policy gives, where the pod does not have it: a list of JSONPatch."""
    has_role, tolerates = _has_role("!=", quoted("")), _tolerates(team)
    priority = _add("/spec/priorityClassName", quoted("batch"))
    parts = (
        _label_if_missing("team", team),
        _label_if_missing("cost-center", code),
        f"({has_role} ? [] : [{_add('/metadata/annotations/', role, ROLE)}])",
        f"(has(object.spec.nodeSelector) ? [] : [{_add('/spec/nodeSelector', EMPTY)}])",
        f"[{_add('/spec/nodeSelector/pool', team)}]",
        f"({tolerates} ? [] : [{_add('/spec/tolerations/-', TOLERATION % team)}])",
        f"({HAS_CLASS} ? [] : [{priority}] + {_removed('priority')} + "
        f"{_removed('preemptionPolicy')})",
    )
    return " + ".join(parts)


EMPTY = "Object.spec.nodeSelector{}"
HAS_CLASS = 'has(object.spec.priorityClassName) && object.spec.priorityClassName != ""'
TOLERATION = (
    'Object.spec.tolerations{key: "dedicated", operator: "Equal", value: %s, effect: "NoSchedule"}'
)


def patch(expression: str) -> list[Object]:
    return [{"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}]


def validations(refused: dict[str, str]) -> list[Object]:
    """By what must not be so, and what is then said."""
    return [
        {"expression": f"!({condition})", "message": message}
        for condition, message in refused.items()
    ]


def _add(path: str, value: str, key: str = "") -> str:
    escaped = f' + jsonpatch.escapeKey("{key}")' if key else ""
    return f'JSONPatch{{op: "add", path: "{path}"{escaped}, value: {value}}}'


def _removed(part: str) -> str:
    change = f'JSONPatch{{op: "remove", path: "/spec/{part}"}}'
    return f"(has(object.spec.{part}) ? [{change}] : [])"


def _label(name: str) -> str:
    return f"object.metadata.labels.{name}"


def _label_if_missing(name: str, value: str) -> str:
    add = _add(f"/metadata/labels/{name}", value)
    return f'("{name}" in object.metadata.labels ? [] : [{add}])'


def _is(team: str) -> str:
    return f'("team" in object.metadata.labels && {_label("team")} == "{team}")'


def _tolerates(team: str, comparison: str = "==") -> str:
    """Whether the pod tolerates this team's nodes; with `!=`, some other team's."""
    which = f'has(t.key) && t.key == "dedicated" && has(t.value) && t.value {comparison} {team}'
    return f"(has(object.spec.tolerations) && object.spec.tolerations.exists(t, {which}))"


def _has_role(comparison: str, role: str) -> str:
    there = f'has(object.metadata.annotations) && "{ROLE}" in object.metadata.annotations'
    return f'({there} && object.metadata.annotations["{ROLE}"] {comparison} {role})'


def quoted(text: str) -> str:
    """A string of CEL."""
    return f'"{text}"'
