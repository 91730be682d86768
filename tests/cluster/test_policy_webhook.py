"""Policies applied with kubectl to a real API server that asks Taxiway first."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from tests.cluster import binaries
from tests.cluster.api import Api, Object
from tests.cluster.site import (
    LIVE_SECONDS,
    NAMESPACE,
    Place,
    Site,
    answering_all_along,
    config_map,
    policy_of,
)
from tests.cluster.webhooks import Endpoint, validating
from tests.server.reviews import pod, review
from tests.serving import until

pytestmark = pytest.mark.cluster

ENTRY = "validate.policies.taxiway"
DENIED = f'admission webhook "{ENTRY}" denied the request: the policy set would not load, for '
# Refused for what stands in it, whatever else is stored.
PROBE = config_map("probe", probe_yaml="apiVersion: taxiway/v0\n")
HEAD = "apiVersion: taxiway/v1\n"
BAD = f"{HEAD}teams:\n  growth: {{costCentres: [CC-1]}}\n"
BAD_LINE = (
    "growth/teams.yaml:3:12: teams.growth.costCentres: unknown key; did you mean `costCenters`?"
)
FOR_PAYMENTS = (
    f"{HEAD}profiles:\n  spot:\n    match: {{teams: [payments]}}\n    apply: {{labels: {{a: b}}}}\n"
)
NO_PAYMENTS = (
    "spot/p.yaml:4:21: profiles.spot.match.teams[0]: there is no team `payments`; "
    "add the team, or correct the name"
)
NO_POLICY = (
    "policies:1:1: no policy document: write one that begins with apiVersion: taxiway/v1 "
    "(that line alone is a policy that asks for nothing)"
)


@pytest.fixture
def replicas(both: Site) -> Iterator[Site]:
    """Both replicas, with the base policy in force; the first is asked about changes of it."""
    both.rest()
    with asked_about_policies(both.api, both.places[0]):
        yield both


@contextmanager
def asked_about_policies(api: Api, place: Place) -> Iterator[None]:
    """The chart's own entry is in force, until the end."""
    endpoint = Endpoint(f"https://localhost:{place.service.port}", place.service.ca)
    made = api.create(validating(endpoint, ENTRY)).made()
    try:
        until("it is asked", lambda: api.create(PROBE, dry_run=True).code == 400)
        yield
    finally:
        api.delete(made)
        until("it is forgotten", lambda: api.create(PROBE, dry_run=True).code == 201)


class Terminal:
    """kubectl, as an administrator calls it in a folder."""

    def __init__(self, replicas: Site, folder: Path) -> None:
        self._folder = folder
        found = binaries.locate(binaries.wanted_kubernetes())["kubectl"]
        self._environment = {
            "PATH": f"{found.parent}:{os.environ['PATH']}",
            "KUBECONFIG": str(replicas.server.credentials.kubeconfig("administrator")),
            "HOME": str(folder),
        }

    def write(self, *things: Object) -> None:
        (self._folder / "policy.yaml").write_text(yaml.safe_dump_all(things))

    def __call__(self, *arguments: str) -> tuple[int, str]:
        """Exit code, and all that is seen."""
        done = subprocess.run(
            ["kubectl", "--namespace", NAMESPACE, *arguments],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout


@pytest.fixture
def kubectl(replicas: Site, tmp_path: Path) -> Terminal:
    return Terminal(replicas, tmp_path)


def refusal(*lines: str) -> str:
    """What kubectl shows of a refusal by these errors."""
    many = "an error" if len(lines) == 1 else f"{len(lines)} errors"
    return "\n".join([f"{DENIED}{many}:", *lines]) + "\n"


def test_a_bad_policy_is_refused_with_its_line_on_the_terminal(
    replicas: Site, kubectl: Terminal
) -> None:
    kubectl.write(config_map("growth", teams_yaml=BAD))
    assert kubectl("apply", "--filename", "policy.yaml") == (
        1,
        'Error from server (BadRequest): error when creating "policy.yaml": ' + refusal(BAD_LINE),
    )
    assert replicas.api.get("ConfigMap", "growth", NAMESPACE).code == 404


def test_a_change_that_makes_a_policy_bad_is_refused_and_nothing_is_stored(
    replicas: Site, kubectl: Terminal
) -> None:
    kubectl.write(config_map("growth", teams_yaml=policy_of("growth")))
    assert kubectl("apply", "--filename", "policy.yaml") == (0, "configmap/growth created\n")
    replicas.teams_are(2, LIVE_SECONDS)
    kubectl.write(config_map("growth", teams_yaml=BAD))
    assert kubectl("apply", "--server-side", "--force-conflicts", "--filename", "policy.yaml") == (
        1,
        "Error from server (BadRequest): " + refusal(BAD_LINE),
    )
    stored = replicas.api.get("ConfigMap", "growth", NAMESPACE).made()
    assert stored["data"] == {"teams.yaml": policy_of("growth")}


def test_what_another_configmap_needs_is_neither_deleted_nor_unlabelled_nor_changed(
    replicas: Site, kubectl: Terminal
) -> None:
    kubectl.write(config_map("spot", p_yaml=FOR_PAYMENTS))
    assert kubectl("apply", "--filename", "policy.yaml") == (0, "configmap/spot created\n")
    seen = "Error from server (BadRequest): " + refusal(NO_PAYMENTS)
    assert kubectl("delete", "configmap", "base") == (1, seen)
    assert kubectl("label", "configmap", "base", "taxiway/policy-") == (1, seen)
    assert kubectl("label", "--overwrite", "configmap", "base", "taxiway/policy=old") == (1, seen)
    kubectl.write(config_map("base", teams_yaml=policy_of("fraud")))
    assert kubectl("replace", "--filename", "policy.yaml") == (
        1,
        'Error from server (BadRequest): error when replacing "policy.yaml": '
        + refusal(NO_PAYMENTS),
    )
    assert kubectl("annotate", "configmap", "base", "reviewed-by=me") == (
        0,
        "configmap/base annotated\n",
    )


def test_the_last_policy_is_not_deleted_but_with_its_namespace(
    replicas: Site, kubectl: Terminal
) -> None:
    assert kubectl("delete", "configmap", "base") == (
        1,
        "Error from server (BadRequest): " + refusal(NO_POLICY),
    )
    controller = "system:serviceaccount:kube-system:namespace-controller"
    replicas.api.delete(config_map("base"), user=controller).made()


def test_a_team_whose_pods_were_seen_goes_with_a_warning(replicas: Site, kubectl: Terminal) -> None:
    place = replicas.places[0]
    place.service.review("/validate", review(pod()))
    kubectl.write(config_map("base", teams_yaml=policy_of("fraud")))
    code, seen = kubectl("replace", "--filename", "policy.yaml")
    assert (code, re.sub(r"\d+ seconds? ago|just now", "lately", seen)) == (
        0,
        "Warning: team `payments` would be no more: this replica saw a pod of it lately\n"
        "configmap/base replaced\n",
    )
    logged = place.wait("the log", lambda each: requests(each, "warned"))
    assert logged[-1] == {
        "time": logged[-1]["time"],
        "level": "info",
        "event": "request",
        "uid": logged[-1]["uid"],
        "endpoint": "validate-policy",
        "decision": "warned",
        "ms": logged[-1]["ms"],
        "operation": "UPDATE",
        "namespace": NAMESPACE,
        "configmap": "base",
    }
    series = 'taxiway_requests_total{decision="warned",endpoint="validate-policy",workload=""}'
    assert place.service.metric(series) >= 1


def requests(place: Place, decision: str) -> list[Object]:
    lines: list[Object] = place.service.lines("request")
    return [line for line in lines if line["decision"] == decision and "configmap" in line]


def test_of_two_broken_configmaps_one_can_be_mended_and_then_the_other(
    both: Site, tmp_path: Path
) -> None:
    """Both were forced in while nobody was asked; that changed no decision."""
    both.rest()
    before = both.places[0].revision()
    with answering_all_along(both.places) as traffic:
        both.put(config_map("growth", teams_yaml=BAD))
        both.put(config_map("spot", p_yaml=BAD.replace("growth", "spot")))
        for place in both.places:
            place.wait("it is said", lambda each: len(each.policy["last_load"]["errors"]) == 2)
    assert {revision for each in traffic for revision in each.answered} == {before}
    with asked_about_policies(both.api, both.places[0]):
        kubectl = Terminal(both, tmp_path)
        kubectl.write(config_map("growth", teams_yaml=BAD + "  fraud: {}\n"))
        assert kubectl("replace", "--filename", "policy.yaml") == (
            1,
            'Error from server (BadRequest): error when replacing "policy.yaml": '
            + refusal(BAD_LINE),
        )
        kubectl.write(config_map("growth", teams_yaml=policy_of("growth")))
        assert kubectl("replace", "--filename", "policy.yaml") == (
            0,
            "Warning: the last good policies stay in force as long as there is an error: "
            "spot/p.yaml:3:10: teams.spot.costCentres: unknown key; did you mean `costCenters`?\n"
            "configmap/growth replaced\n",
        )
        assert kubectl("delete", "configmap", "spot", "--output=name") == (0, "configmap/spot\n")
    both.teams_are(2, LIVE_SECONDS)


def test_two_configmaps_in_one_apply_are_each_held_against_the_one_before(
    replicas: Site, kubectl: Terminal
) -> None:
    """A team that moves: taken from the first, and in the second a few milliseconds later."""
    replicas.put(config_map("old", teams_yaml=policy_of("growth")))
    replicas.teams_are(2, LIVE_SECONDS)
    kubectl.write(
        config_map("old", teams_yaml=policy_of()),
        config_map("new", teams_yaml=policy_of("growth")),
    )
    assert kubectl("apply", "--server-side", "--force-conflicts", "--filename", "policy.yaml") == (
        0,
        "configmap/old serverside-applied\nconfigmap/new serverside-applied\n",
    )
    replicas.teams_are(2, LIVE_SECONDS)


def test_a_shadow_is_held_against_the_set_as_it_is_planned(
    replicas: Site, kubectl: Terminal
) -> None:
    kubectl.write(config_map("plan", label="shadow", teams_yaml=BAD))
    assert kubectl("apply", "--filename", "policy.yaml") == (
        1,
        'Error from server (BadRequest): error when creating "policy.yaml": '
        + refusal(BAD_LINE.replace("growth/", "plan/")),
    )
    kubectl.write(config_map("plan", label="shadow", teams_yaml=policy_of("growth")))
    assert kubectl("apply", "--filename", "policy.yaml") == (0, "configmap/plan created\n")
    kubectl.write(config_map("spot", p_yaml=FOR_PAYMENTS))
    assert kubectl("apply", "--filename", "policy.yaml") == (
        0,
        "Warning: what is planned cannot be tried as long as there is an error: "
        f"{NO_PAYMENTS}\n"
        "configmap/spot created\n",
    )


def test_a_change_that_nobody_could_judge_is_stored_and_says_so(replicas: Site) -> None:
    place = replicas.places[0]
    os.kill(place.service.loader(), 9)
    reply = replicas.api.create(config_map("growth", teams_yaml=BAD), dry_run=True)
    assert (reply.code, reply.warnings) == (
        201,
        (
            '299 - "this policy was not checked before it is stored: the process that reads '
            'policies is being started again; apply it once more"',
        ),
    )
    place.wait("it is judged again", lambda _: replicas.api.create(PROBE, dry_run=True).code == 400)
