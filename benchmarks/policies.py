"""Policy sets of any size, in which the measured pod always means the same.

Its team is `payments`, found by members, as no label names it. The other teams have the same
shape with their own dags, users, codes, taints and roles. Profiles are by label, by dag and by
team; none matches the pod, so that every set gives the pod exactly the same.
"""

from collections.abc import Iterator

import msgspec
from msgspec import structs

from webhook.policy.load import load
from webhook.policy.spec import PolicySpec, Team

HEAD = {
    "apiVersion": "taxiway/v1",
    "docs": "https://wiki.example.com/airflow-pods",
    "requirements": [{"label": "team"}, {"label": "cost-center", "from": "team.costCenters"}],
}
ROLE = "arn:aws:iam::111122223333:role/{}"
USERS = ("airflow-scheduler", "airflow-worker")


def files(teams: int, profiles: int) -> Iterator[tuple[str, bytes]]:
    """The set as policy files; JSON is YAML. `teams` counts the pod's own."""
    head = HEAD | {"profiles": dict(map(_profile, range(profiles)))} if profiles else HEAD
    yield "policy.yaml", msgspec.json.encode(head)
    names = ["payments", *(f"team-{number:05}" for number in range(1, teams))]
    for number in range(0, teams, 500):
        batch = {name: team(name, number) for name in names[number : number + 500]}
        yield (
            f"teams-{number:05}.yaml",
            msgspec.json.encode({"apiVersion": "taxiway/v1", "teams": batch}),
        )


def spec(teams: int) -> PolicySpec:
    """The same set without profiles, checked but for the teams that are copies of one."""
    checked = load(files(2, 0)).spec
    name = "team-00001"
    model = msgspec.json.encode(checked.teams[name]).decode()
    copies = {
        f"team-{n:05}": model.replace(name, f"team-{n:05}").replace("CC-00001", f"CC-{n:05}")
        for n in range(1, teams)
    }
    made = {each: msgspec.json.decode(text, type=Team) for each, text in copies.items()}
    return structs.replace(checked, teams={"payments": checked.teams["payments"]} | made)


def team(name: str, number: int) -> dict[str, object]:
    code = f"CC-{number:05}"
    users = [f"system:serviceaccount:airflow:{user}" for user in USERS]
    toleration = {"key": "dedicated", "operator": "Equal", "value": name, "effect": "NoSchedule"}
    return {
        "contact": f"#{name}",
        "costCenters": [code, f"{code}-B"],
        "members": {"namespaces": ["airflow"], "dags": [f"{name}_*"], "users": users},
        "apply": {
            "labels": {"cost-center": code},
            "tolerations": [toleration],
            "nodeSelector": {"pool": name},
            "priorityClassName": "batch",
            "iam": {"provider": "kube2iam", "role": ROLE.format(name)},
        },
    }


def _profile(number: int) -> tuple[str, dict[str, object]]:
    matches: list[dict[str, object]] = [
        {"labels": {"capacity": f"spot-{number}"}},
        {"labels": {"size": f"size-{number}"}, "workloads": ["pod-operator"]},
        {"dags": [f"profile_{number}_*"]},
        {"teams": [f"team-{number + 1:05}"], "labels": {"gpu": "a100"}},
    ]
    toleration = {"key": "capacity", "operator": "Equal", "value": f"spot-{number}"}
    apply = {"tolerations": [toleration], "nodeSelector": {"capacity": f"spot-{number}"}}
    return f"profile-{number:03}", {"match": matches[number % len(matches)], "apply": apply}


def flat(teams: int) -> bytes:
    """The same teams as the other webhooks read them: an index is theirs to make."""
    names = ["payments", *(f"team-{number:05}" for number in range(1, teams))]
    return msgspec.json.encode([_flat(name, number) for number, name in enumerate(names)])


def _flat(name: str, number: int) -> dict[str, object]:
    return {
        "name": name,
        "costCenter": f"CC-{number:05}",
        "namespaces": ["airflow"],
        "dagPrefix": f"{name}_",
        "users": [f"system:serviceaccount:airflow:{user}" for user in USERS],
        "priorityClass": "batch",
        "role": ROLE.format(name),
    }
