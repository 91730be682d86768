"""Pods and policies out of few words, so that what they say meets and contradicts.

A policy is one that the loader takes, a pod one that the API server does.
"""

from typing import Any

from hypothesis import strategies as st

from tests.engine.given import PREFERRED, REQUIRED, Json

KEYS = ("pool", "zone", "size")
VALUES = ("a", "b", "1", "5", "9")
TAINTS = ("dedicated", "capacity")
TEAMS = ("fraud", "payments", "search")
CLASSES = ("high", "low", "cluster-default")
ACCOUNTS = ("default", "payments-sa", "fraud-sa")
ROLES = ("arn:aws:iam::111122223333:role/payments", "arn:aws:iam::111122223333:role/fraud")
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
SECONDS = (None, 60, 300)

_DEFAULTS = {
    "serviceAccountName": ["default"],
    "priorityClassName": ["cluster-default"],
    "runtimeClassName": ["cluster-default"],
}


def _some(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object with any of these parts."""
    return st.fixed_dictionaries({}, optional=parts)


def _few(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    """An object with at most five of these parts: drawing all of them takes most of the time."""
    names = st.lists(st.sampled_from(sorted(parts)), max_size=5, unique=True)
    return names.flatmap(lambda some: st.fixed_dictionaries({name: parts[name] for name in some}))


def _perhaps(part: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A part as clients write one that they do not give: null, or empty."""
    return st.one_of(st.none(), st.just({}), part)


def _list(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.lists(of, max_size=3))


_value = st.sampled_from(VALUES)
_selector = st.dictionaries(st.sampled_from(KEYS), _value, max_size=2)
_quantity = st.sampled_from(("500m", "1", "1000m", "2", "4"))


@st.composite
def toleration(draw: st.DrawFn) -> Json:
    """One that the API server takes."""
    default = st.sampled_from(("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"))
    if draw(st.integers(0, 4)) == 0:
        seconds = draw(st.sampled_from(SECONDS))
        return _timed(draw(default), "Exists", None, "NoExecute", seconds)
    key = draw(st.sampled_from(("", *TAINTS)))
    effect = draw(st.sampled_from(("", *EFFECTS)))
    operator = "Exists" if not key else draw(st.sampled_from(("Exists", "Equal")))
    value = draw(st.sampled_from(("a", "b"))) if operator == "Equal" else None
    seconds = draw(st.sampled_from(SECONDS)) if effect == "NoExecute" else None
    return _timed(key, operator, value, effect, seconds)


def _timed(key: str, operator: str, value: str | None, effect: str, seconds: int | None) -> Json:
    every = {"key": key, "operator": operator, "value": value, "effect": effect}
    kept: Json = {name: part for name, part in every.items() if part}
    return kept if seconds is None else {**kept, "tolerationSeconds": seconds}


@st.composite
def expression(draw: st.DrawFn) -> Json:
    operator = draw(st.sampled_from(("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")))
    given: Json = {"key": draw(st.sampled_from(KEYS)), "operator": operator}
    if operator in ("In", "NotIn"):
        given["values"] = draw(st.lists(_value, min_size=1, max_size=3, unique=True))
    elif operator in ("Gt", "Lt"):
        given["values"] = [draw(st.sampled_from(("1", "5", "9")))]
    return given


def _term(least: int) -> st.SearchStrategy[Json]:
    every = st.lists(expression(), min_size=least, max_size=2)
    return st.one_of(
        every.map(lambda found: {"matchExpressions": found}),
        *([st.just({}), st.just({"matchExpressions": None})] if not least else []),
    )


def _node_affinity(least: int) -> st.SearchStrategy[Json]:
    preferred = st.fixed_dictionaries({"weight": st.just(1), "preference": _term(1)})
    required = st.lists(_term(least), min_size=1, max_size=3)
    return _some(
        **{
            REQUIRED: required.map(lambda terms: {"nodeSelectorTerms": terms}),
            PREFERRED: st.lists(preferred, max_size=2),
        }
    )


_pod_term = _some(
    labelSelector=st.sampled_from(({}, {"matchLabels": {"app": "x"}})),
    namespaces=st.just(["airflow"]),
    matchLabelKeys=st.just(["dag_id"]),
).map(lambda term: _near({**term, "topologyKey": "zone"}))


def _near(term: Json) -> Json:
    """`matchLabelKeys` wants a selector."""
    return {"labelSelector": {}, **term} if "matchLabelKeys" in term else term


_pod_affinity = _some(**{REQUIRED: st.lists(_pod_term, max_size=2)})


@st.composite
def spread(draw: st.DrawFn) -> Json:
    selector = draw(st.sampled_from(({"matchLabels": {"app": "x"}}, {})))
    when = draw(st.sampled_from(("DoNotSchedule", "ScheduleAnyway")))
    return {
        "maxSkew": draw(st.sampled_from((1, 2))),
        "topologyKey": draw(st.sampled_from(("zone", "host"))),
        "whenUnsatisfiable": when,
        "labelSelector": selector,
    }


def _spreads(most: int) -> st.SearchStrategy[list[Json]]:
    return st.lists(
        spread(),
        max_size=most,
        unique_by=lambda each: (each["topologyKey"], each["whenUnsatisfiable"]),
    )


def _resources(ordered: bool) -> st.SearchStrategy[Json]:
    amounts = st.dictionaries(st.sampled_from(("cpu", "example.com/gpu")), _quantity, max_size=2)
    if not ordered:
        return _some(requests=_perhaps(amounts), limits=_perhaps(amounts))
    one = st.sampled_from(({"cpu": "500m"}, {"memory": "1Gi"}, {"cpu": "1", "memory": "1Gi"}))
    gpu = st.just({"limits": {"example.com/gpu": "1"}})
    return st.one_of(gpu, _some(requests=one, limits=st.sampled_from(({"cpu": "1000m"}, {}))))


_env = st.lists(
    st.sampled_from(("A", "B", "C")).map(lambda name: {"name": name, "value": "x"}),
    max_size=2,
    unique_by=lambda each: str(each["name"]),
)


@st.composite
def _iam(draw: st.DrawFn) -> Json:
    provider = draw(st.sampled_from(("kube2iam", "irsa", "azure")))
    if provider == "kube2iam":
        return {"provider": provider, "role": draw(st.sampled_from((*ROLES, "payments")))}
    return {"provider": provider, "serviceAccountName": draw(st.sampled_from(ACCOUNTS[1:]))}


def _apply(labels: tuple[str, ...]) -> st.SearchStrategy[Json]:
    unique = st.lists(
        toleration(),
        max_size=3,
        unique_by=lambda each: tuple(sorted({**each, "tolerationSeconds": 0}.items())),
    )
    return _few(
        labels=st.dictionaries(st.sampled_from(labels), _value, max_size=2),
        annotations=st.dictionaries(st.sampled_from(KEYS), _value, max_size=2),
        tolerations=unique,
        nodeSelector=_selector,
        affinity=_some(
            nodeAffinity=_node_affinity(1), podAffinity=_pod_affinity, podAntiAffinity=_pod_affinity
        ),
        topologySpreadConstraints=_spreads(2),
        priorityClassName=st.sampled_from(CLASSES),
        schedulerName=st.sampled_from(("volcano", "default-scheduler")),
        runtimeClassName=st.sampled_from(CLASSES),
        imagePullSecrets=st.sampled_from(([{"name": "one"}], [{"name": "two"}, {"name": "one"}])),
        iam=_iam(),
        container=_some(env=_env, resources=_resources(ordered=True)),
        onConflict=st.sampled_from(("deny", "keep", "override")),
    )


_members = st.sampled_from(
    (
        None,
        {"namespaces": ["airflow"]},
        {"dags": ["daily"]},
        {"dags": ["dai*"], "users": ["system:serviceaccount:airflow:*"]},
        {"users": ["nobody"]},
    )
)


@st.composite
def policy(draw: st.DrawFn) -> Json:
    """Top-level keys that the loader takes."""
    teams: Json = {}
    for name in draw(st.lists(st.sampled_from(TEAMS), min_size=1, unique=True)):
        members = draw(_members)
        given = {"costCenters": ["a", "b"], "apply": draw(_apply(("cost-center", "tier", "owner")))}
        teams[name] = given if members is None else {**given, "members": members}
    profiles = {
        name: {"match": {"labels": {"tier": [value]}}, "apply": draw(_apply(("owner", "spare")))}
        for name, value in (("big", "a"), ("small", "?"))
        if draw(st.booleans())
    }
    return {
        "mode": draw(st.sampled_from(("enforce", "enforce", "warn", "audit"))),
        "clusterDefaults": draw(st.sampled_from(({}, _DEFAULTS))),
        "requirements": draw(st.sampled_from(([], _REQUIREMENTS))),
        "teams": teams,
        "profiles": profiles,
    }


_REQUIREMENTS = [
    {"label": "team"},
    {"label": "cost-center", "from": "team.costCenters"},
    {"label": "owner", "values": ["a", "5"], "mode": "warn"},
]


@st.composite
def pod(draw: st.DrawFn) -> Json:
    """A governed pod with anything that a policy might touch, absent, null, empty or given."""
    team = draw(st.sampled_from((None, *TEAMS, "nobody")))
    labels: Json = {"dag_id": "daily", "task_id": "load"}
    labels[draw(st.sampled_from(("kubernetes_pod_operator", "kubernetes_executor")))] = "True"
    labels |= {} if team is None else {"team": team}
    words = st.sampled_from(("cost-center", "tier", "owner", "spare"))
    labels |= draw(st.dictionaries(words, _value, max_size=3))
    metadata = draw(_some(annotations=_perhaps(_annotations)))
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "daily-load", "labels": labels, **metadata},
        "spec": draw(_spec),
    }


_annotations = st.dictionaries(
    st.sampled_from((*KEYS, "iam.amazonaws.com/role")),
    st.sampled_from((*VALUES, *ROLES)),
    max_size=2,
)
_container = st.fixed_dictionaries(
    {"name": st.sampled_from(("base", "side"))},
    optional={
        "env": _list(st.sampled_from(({"name": "A"}, {"name": "C", "value": "y"}))),
        "envFrom": _list(st.just({"configMapRef": {"name": "x"}})),
        "resources": _perhaps(_resources(ordered=False)),
    },
)
_spec = st.fixed_dictionaries(
    {"containers": st.lists(_container, min_size=1, max_size=2)},
    optional={
        "tolerations": _list(toleration()),
        "nodeSelector": _perhaps(_selector),
        "affinity": _perhaps(
            _some(
                nodeAffinity=_perhaps(_node_affinity(0)),
                podAffinity=_perhaps(_pod_affinity),
                podAntiAffinity=_perhaps(_pod_affinity),
            )
        ),
        "topologySpreadConstraints": st.one_of(st.none(), _spreads(2)),
        "priorityClassName": st.sampled_from(("", *CLASSES)),
        "priority": st.sampled_from((None, 0, 1000)),
        "preemptionPolicy": st.sampled_from((None, "Never")),
        "schedulerName": st.sampled_from(("", "default-scheduler", "other")),
        "runtimeClassName": st.sampled_from((None, *CLASSES)),
        "overhead": st.sampled_from((None, {"cpu": "1"})),
        "serviceAccountName": st.sampled_from(("", *ACCOUNTS)),
        "imagePullSecrets": _list(st.sampled_from(({"name": "one"}, {}))),
        "unknownToThisVersion": st.just({"kept": [1]}),
    },
)
