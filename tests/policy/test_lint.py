"""What is legal and probably not meant: one warning each, and none where all is well."""

from datetime import date

import pytest

from tests.policy.loading import document
from webhook.policy.load import load

TODAY = date(2026, 12, 20)
SPOT = "match: {labels: {capacity: spot}}"


def warned(body: str, today: date | None = TODAY) -> list[str]:
    found = load([("p.yaml", document(body).encode())], today=today).warnings
    return [str(warning) for warning in found]


def exemption(**other: str) -> str:
    given = {
        "name": "x",
        "match": "{dags: [a]}",
        "waives": "[reserved]",
        "reason": "r",
        "approvedBy": "me",
        "expires": "2027-12-31",
        **other,
    }
    return f"exemptions: [{{{', '.join(f'{key}: {value}' for key, value in given.items())}}}]\n"


def two_profiles(one: str, other: str, matches: tuple[str, str] = ("{}", "{}")) -> str:
    return (
        "profiles:\n"
        f"  a: {{match: {matches[0]}, apply: {{{one}}}}}\n"
        f"  b: {{match: {matches[1]}, apply: {{{other}}}}}\n"
    )


WINS = "which is applied first and wins"

WARNED: dict[str, tuple[str, list[str]]] = {
    "a team and a profile that differ about a node label": (
        "teams: {t: {apply: {nodeSelector: {pool: t}}}}\n"
        f"profiles: {{spot: {{{SPOT}, apply: {{nodeSelector: {{pool: spot}}}}}}}}\n",
        [f"p.yaml:3:83: profiles.spot.apply.nodeSelector.pool: differs from team `t`, {WINS}"],
    ),
    "three teams and a profile that differ about a priority class": (
        "teams:\n"
        "  a: {apply: {priorityClassName: low}}\n"
        "  b: {apply: {priorityClassName: low}}\n"
        "  c: {apply: {priorityClassName: high}}\n"
        f"profiles: {{spot: {{{SPOT}, apply: {{priorityClassName: high}}}}}}\n",
        [
            "p.yaml:6:81: profiles.spot.apply.priorityClassName: "
            f"differs from team `a` (and 1 more), {WINS}"
        ],
    ),
    "a team whose nodeSelector and node affinity have no node in common": (
        "teams: {t: {apply: {nodeSelector: {pool: a}, affinity: {nodeAffinity: {"
        "requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: ["
        "{matchExpressions: [{key: pool, operator: In, values: [b]}]}]}}}}}}\n",
        [
            "p.yaml:2:57: teams.t.apply.affinity.nodeAffinity: no node can match it together with "
            "the block's nodeSelector; mend one of them"
        ],
    ),
    "two profiles that differ about a label": (
        two_profiles("labels: {x: a}", "labels: {x: b}"),
        [f"p.yaml:4:38: profiles.b.apply.labels.x: differs from profile `a`, {WINS}"],
    ),
    "two profiles whose globs may both match": (
        two_profiles("schedulerName: x", "schedulerName: y", ("{dags: ['a*']}", "{dags: ['ab*']}")),
        [f"p.yaml:4:54: profiles.b.apply.schedulerName: differs from profile `a`, {WINS}"],
    ),
    "two profiles that differ about the seconds of a toleration": (
        two_profiles(
            "tolerations: [{key: k, operator: Exists, effect: NoExecute, tolerationSeconds: 5}]",
            "tolerations: [{key: k, operator: Exists, effect: NoExecute}]",
        ),
        [f"p.yaml:4:40: profiles.b.apply.tolerations[0]: differs from profile `a`, {WINS}"],
    ),
    "two profiles that differ about a variable": (
        two_profiles(
            "container: {env: [{name: A, value: x}]}", "container: {env: [{name: A, value: y}]}"
        ),
        [f"p.yaml:4:44: profiles.b.apply.container.env[0]: differs from profile `a`, {WINS}"],
    ),
    "two profiles that differ about a request": (
        two_profiles(
            "container: {resources: {requests: {cpu: 1}}}",
            "container: {resources: {requests: {cpu: 2}}}",
        ),
        [
            "p.yaml:4:66: profiles.b.apply.container.resources.requests.cpu: "
            f"differs from profile `a`, {WINS}"
        ],
    ),
    "two profiles that differ about a spread constraint": (
        two_profiles(
            "topologySpreadConstraints: "
            "[{maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]",
            "topologySpreadConstraints: "
            "[{maxSkew: 2, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]",
        ),
        [
            "p.yaml:4:54: profiles.b.apply.topologySpreadConstraints[0]: "
            f"differs from profile `a`, {WINS}"
        ],
    ),
    "two profiles that differ about the service account": (
        two_profiles(
            "iam: {provider: gke, serviceAccountName: x}",
            "iam: {provider: irsa, serviceAccountName: y}",
        ),
        [f"p.yaml:4:68: profiles.b.apply.iam.serviceAccountName: differs from profile `a`, {WINS}"],
    ),
    "a team whose account is the one that every pod gets": (
        "teams: {t: {apply: {iam: {provider: irsa, serviceAccountName: default}}}}\n",
        [
            "p.yaml:2:63: teams.t.apply.iam.serviceAccountName: `default` counts as absent "
            "(clusterDefaults), so pods of every team may have it; name an account of the team's "
            "own"
        ],
    ),
    "a team whose account counts as absent by the policy's own word": (
        "clusterDefaults: {serviceAccountName: [t-sa]}\n"
        "teams: {t: {apply: {iam: {provider: irsa, serviceAccountName: t-sa}}}, "
        "u: {apply: {iam: {provider: irsa, serviceAccountName: default}}}}\n",
        [
            "p.yaml:3:63: teams.t.apply.iam.serviceAccountName: `t-sa` counts as absent "
            "(clusterDefaults), so pods of every team may have it; name an account of the team's "
            "own"
        ],
    ),
    "two profiles that differ about the role": (
        two_profiles("iam: {provider: kube2iam, role: x}", "iam: {provider: kube2iam, role: y}"),
        [f"p.yaml:4:58: profiles.b.apply.iam.role: differs from profile `a`, {WINS}"],
    ),
    "a profile that opens a team's nodes": (
        "teams: {t: {apply: {tolerations: "
        "[{key: dedicated, value: t, effect: NoSchedule}]}}}\n"
        f"profiles: {{spot: {{{SPOT}, apply: "
        "{tolerations: [{key: dedicated, operator: Exists}]}}}\n",
        [
            "p.yaml:3:76: profiles.spot.apply.tolerations[0]: lets every pod that matches onto "
            "nodes kept for team t (dedicated=t:NoSchedule); add match.teams, or taint them "
            "otherwise"
        ],
    ),
    "a profile that tolerates every taint": (
        "teams: {t: {apply: {tolerations: [{key: dedicated, operator: Exists}]}}}\n"
        f"profiles: {{spot: {{{SPOT}, apply: {{tolerations: [{{operator: Exists}}]}}}}}}\n",
        [
            "p.yaml:3:76: profiles.spot.apply.tolerations[0]: lets every pod that matches onto "
            "nodes kept for team t (dedicated); add match.teams, or taint them otherwise"
        ],
    ),
    "globs that begin with a wildcard": (
        "controllers: ['*:operator']\n"
        "stages: [{namespaces: ['*'], mode: warn}]\n"
        "teams: {t: {members: {dags: ['*_daily']}}}\n"
        "requirements: [{label: a, match: {labels: {x: ['?y']}}}]\n",
        [
            f"p.yaml:{place}: `{glob}` begins with a wildcard, so it is tried on every pod"
            for place, glob in (
                ("2:15: controllers[0]", "*:operator"),
                ("3:24: stages[0].namespaces[0]", "*"),
                ("4:30: teams.t.members.dags[0]", "*_daily"),
                ("5:47: requirements[0].match.labels.x", "?y"),
            )
        ],
    ),
    "a profile for teams that do not exist": (
        "teams: {t: {}}\nprofiles: {p: {match: {teams: ['x-*']}, apply: {}}}\n",
        ["p.yaml:3:16: profiles.p.match: matches nothing: there is no such team"],
    ),
    "a profile for a team label that no team has": (
        "teams: {t: {}}\nprofiles: {p: {match: {labels: {team: u}}, apply: {}}}\n",
        [
            "p.yaml:3:16: profiles.p.match: matches nothing: "
            "no team's name is a value of label team that it wants"
        ],
    ),
    "a requirement for a namespace that is never touched": (
        "requirements: [{label: a, match: {namespaces: [kube-system]}}]\n",
        ["p.yaml:2:27: requirements[0].match: matches nothing: these namespaces are never touched"],
    ),
    "an exemption for dags of pods that have none": (
        exemption(match="{workloads: [celery-worker], dags: [a]}"),
        ["p.yaml:2:24: exemptions[0].match: matches nothing: pods of celery-worker have no dag"],
    ),
    "a team without cost centers where others have them": (
        "requirements: [{label: cost-center, from: team.costCenters}]\n"
        "teams: {t: {}, u: {costCenters: [c]}}\n",
        ["p.yaml:3:9: teams.t: has no costCenters, but label cost-center must be one of them"],
    ),
    "a requirement that no team can meet, since none has cost centers": (
        "requirements: [{label: cost-center, from: team.costCenters}]\nteams: {t: {}, u: {}}\n",
        ["p.yaml:2:37: requirements[0].from: no team can meet it: none has costCenters"],
    ),
    "a requirement whose values are no teams": (
        "requirements: [{label: team, values: [x]}]\nteams: {t: {}}\n",
        ["p.yaml:2:38: requirements[0].values: no team can meet it: it allows no team's name"],
    ),
    "a requirement whose pattern no team's name has": (
        "requirements: [{label: team, pattern: '^x'}]\nteams: {t: {}}\n",
        ["p.yaml:2:39: requirements[0].pattern: no team can meet it: it allows no team's name"],
    ),
    "a cost center that is not the team's": (
        "requirements: [{label: cost-center, from: team.costCenters}]\n"
        "teams: {t: {costCenters: [c], apply: {labels: {cost-center: d}}}}\n",
        [
            "p.yaml:3:61: teams.t.apply.labels.cost-center: "
            "`d` is none of the team's costCenters, so the pods are denied"
        ],
    ),
    "a label that the requirement's values do not have": (
        "requirements: [{label: tier, values: [a, b]}]\n"
        "profiles: {p: {match: {}, apply: {labels: {tier: c}}}}\n",
        [
            "p.yaml:3:50: profiles.p.apply.labels.tier: `c` is not among the values that the "
            "requirement on tier allows, so the pods are denied"
        ],
    ),
    "a label that the requirement's pattern does not have": (
        "requirements: [{label: tier, pattern: '^[0-9]+$'}]\n"
        "teams: {t: {apply: {labels: {tier: c}}}}\n",
        [
            "p.yaml:3:36: teams.t.apply.labels.tier: `c` is not what the pattern of the "
            "requirement on tier wants, so the pods are denied"
        ],
    ),
    "a requirement given twice": (
        "requirements: [{label: a}, {label: b}, {label: a}]\n",
        ["p.yaml:2:40: requirements[2]: says the same as the one in p.yaml:2; delete one"],
    ),
    "a team that tolerates every value of another's key": (
        "teams:\n"
        "  a: {apply: {tolerations: [{key: dedicated, value: a}]}}\n"
        "  b: {apply: {tolerations: [{key: dedicated, operator: Exists, effect: NoSchedule}]}}\n",
        [
            "p.yaml:4:29: teams.b.apply.tolerations[0]: lets the team's pods onto nodes kept for "
            "team a (dedicated=a); name the key and the value of its own taint"
        ],
    ),
    "a team that tolerates every taint": (
        "teams:\n"
        "  a: {apply: {tolerations: [{operator: Exists}]}}\n"
        "  b: {apply: {tolerations: [{key: dedicated, value: b, effect: NoExecute}]}}\n",
        [
            "p.yaml:3:29: teams.a.apply.tolerations[0]: lets the team's pods onto nodes kept for "
            "team b (dedicated=b:NoExecute); name the key and the value of its own taint"
        ],
    ),
    "a team that anyone may claim and that tolerates another's taint": (
        "teams:\n"
        "  a: {members: {dags: [a]}, apply: {tolerations: [{key: dedicated, value: a}]}}\n"
        "  b: {apply: {tolerations: [{key: dedicated, value: a}]}}\n",
        [
            "p.yaml:4:29: teams.b.apply.tolerations[0]: lets every pod onto nodes kept for team a "
            "(dedicated=a), because anyone may carry the label of team b: give it members"
        ],
    ),
    "two requirements on one label without a value in common": (
        "requirements: [{label: tier, values: [a, b]}, {label: tier, values: [c]}]\n",
        [
            "p.yaml:2:47: requirements[1]: no pod can meet it and the one in p.yaml:2: "
            "no value is in both"
        ],
    ),
    "a requirement whose pattern no allowed value has": (
        "requirements:\n"
        "  - {label: tier, pattern: '^x'}\n"
        "  - {label: tier, values: [c], match: {dags: [d]}}\n",
        [
            "p.yaml:4:5: requirements[1]: no pod can meet it and the one in p.yaml:3: "
            "no value is in both"
        ],
    ),
    "cost centers of no team among the values allowed": (
        "requirements: [{label: cc, from: team.costCenters}, {label: cc, values: [x]}]\n"
        "teams: {t: {costCenters: [y]}}\n",
        [
            "p.yaml:2:53: requirements[1]: no pod can meet it and the one in p.yaml:2: "
            "no value is in both"
        ],
    ),
    "a profile for a value that a requirement refuses": (
        "requirements: [{label: tier, values: [a, b]}]\n"
        "profiles: {p: {match: {labels: {tier: [c, d]}}, apply: {}}}\n",
        [
            "p.yaml:3:33: profiles.p.match.labels.tier: matches no pod that is admitted: "
            "the requirement on it allows none of these"
        ],
    ),
    "an exemption for every pod": (
        exemption(match="{}"),
        ["p.yaml:2:24: exemptions[0].match: waives its rules for every pod"],
    ),
    "an exemption that ended yesterday": (
        exemption(expires="2026-12-19"),
        [
            "p.yaml:2:100: exemptions[0].expires: "
            "ended on 2026-12-19; its rules hold again: delete it"
        ],
    ),
    "an exemption that ends today": (
        exemption(expires="2026-12-20"),
        [
            "p.yaml:2:100: exemptions[0].expires: "
            "ends on 2026-12-20, today; its rules then hold again"
        ],
    ),
    "an exemption that ends in 14 days": (
        exemption(expires="2027-01-03"),
        [
            "p.yaml:2:100: exemptions[0].expires: "
            "ends on 2027-01-03, in 14 days; its rules then hold again"
        ],
    ),
}


@pytest.mark.parametrize(("body", "lines"), WARNED.values(), ids=WARNED)
def test_a_warning_of(body: str, lines: list[str]) -> None:
    assert warned(body) == lines


QUIET: dict[str, str] = {
    "two profiles for different values of one label": two_profiles(
        "nodeSelector: {pool: a}",
        "nodeSelector: {pool: b}",
        ("{labels: {capacity: spot}}", "{labels: {capacity: [reserved, old]}}"),
    ),
    "two profiles for different namespaces": two_profiles(
        "nodeSelector: {pool: a}",
        "nodeSelector: {pool: b}",
        ("{namespaces: ['prod-*']}", "{namespaces: [dev]}"),
    ),
    "two profiles that say the same": two_profiles("schedulerName: x", "schedulerName: x"),
    "two profiles that say the same in other words": two_profiles(
        "container: {resources: {limits: {cpu: 1000m}}}",
        "container: {resources: {limits: {cpu: 1}}}",
    ),
    "a profile that leaves out the team it differs from": (
        "teams: {t: {apply: {schedulerName: x}}, u: {}}\n"
        "profiles: {p: {match: {teams: [u]}, apply: {schedulerName: y}}}\n"
    ),
    "a profile for dags that are not the team's": (
        "teams: {t: {members: {dags: [a]}, apply: {schedulerName: x}}}\n"
        "profiles: {p: {match: {dags: ['b_*']}, apply: {schedulerName: y}}}\n"
    ),
    "a profile that opens a team's nodes to that team": (
        "teams: {t: {apply: {tolerations: [{key: dedicated, value: t}]}}}\n"
        "profiles: {p: {match: {teams: [t]}, apply: "
        "{tolerations: [{key: dedicated, operator: Exists}]}}}\n"
    ),
    "a profile that tolerates another value of the taint's key": (
        "teams: {t: {apply: {tolerations: [{key: dedicated, value: t}]}}}\n"
        "profiles: {p: {match: {}, apply: {tolerations: [{key: dedicated, value: all}]}}}\n"
    ),
    "a profile that tolerates a taint which the API server adds": (
        "teams: {t: {apply: {tolerations: "
        "[{key: node.kubernetes.io/not-ready, operator: Exists}]}}}\n"
        "profiles: {p: {match: {}, apply: "
        "{tolerations: [{key: node.kubernetes.io/not-ready, operator: Exists}]}}}\n"
    ),
    "a team without cost centers that the requirement leaves out": (
        "requirements: [{label: cost-center, from: team.costCenters, match: {teams: [u]}}]\n"
        "teams: {t: {}, u: {costCenters: [c]}}\n"
    ),
    "requirements on one label with other matches": (
        "requirements: [{label: a}, {label: a, match: {dags: [x]}}]\n"
    ),
    "two teams that share a taint": (
        "teams:\n"
        "  a: {apply: {tolerations: [{key: dedicated, value: x}]}}\n"
        "  b: {apply: {tolerations: [{key: dedicated, value: x}]}}\n"
    ),
    "two teams with members that share a taint": (
        "teams:\n"
        "  a: {members: {dags: [a]}, apply: {tolerations: [{key: dedicated, value: x}]}}\n"
        "  b: {members: {dags: [b]}, apply: {tolerations: [{key: dedicated, value: x}]}}\n"
    ),
    "a profile for a value that a requirement on other pods refuses": (
        "requirements: [{label: tier, values: [a], match: {dags: [x]}}]\n"
        "profiles: {p: {match: {labels: {tier: c}}, apply: {}}}\n"
    ),
    "two teams that share every value of a key": (
        "teams:\n"
        "  a: {apply: {tolerations: [{key: dedicated, operator: Exists}]}}\n"
        "  b: {apply: {tolerations: [{key: dedicated, operator: Exists}]}}\n"
    ),
    "a team that tolerates every value of its own key alone": (
        "teams:\n"
        "  a: {apply: {tolerations: [{key: a, operator: Exists}, {key: a, value: x}]}}\n"
        "  b: {apply: {tolerations: [{key: b, value: x}]}}\n"
    ),
    "a team that tolerates every value for another effect": (
        "teams:\n"
        "  a: {apply: {tolerations: [{key: k, operator: Exists, effect: NoExecute}]}}\n"
        "  b: {apply: {tolerations: [{key: k, value: x, effect: NoSchedule}]}}\n"
    ),
    "requirements on one label for other pods each": (
        "requirements:\n"
        "  - {label: tier, values: [a], match: {dags: [x]}}\n"
        "  - {label: tier, values: [b], match: {dags: [y]}}\n"
    ),
    "a profile for a value that a softer requirement refuses": (
        "requirements: [{label: tier, values: [a], mode: warn}]\n"
        "profiles: {p: {match: {labels: {tier: c}}, apply: {}}}\n"
    ),
    "an exemption that ends in 15 days": exemption(expires="2027-01-04"),
}


@pytest.mark.parametrize("body", QUIET.values(), ids=QUIET)
def test_no_warning_of(body: str) -> None:
    assert warned(body) == []


def test_without_a_day_no_exemption_is_near_its_end() -> None:
    assert warned(exemption(expires="2020-01-01"), today=None) == []
