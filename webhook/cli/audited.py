"""What an audit of a cluster has found: who keeps the policies, and who pays.

Pods of one task that break the same are one finding, with the first of their names. 5,000 findings
are kept, the first: at 2 KiB of messages each, 10 MiB. The rest is counted all the same.
"""

from collections.abc import Iterable

from msgspec import Struct

from webhook.airflow.workload import Workload
from webhook.engine import Decision, Violation
from webhook.kube.review import AdmissionRequest
from webhook.policy.compile import PolicySet

MOST_FINDINGS = 5_000
NOBODY = ""  # the team of a pod that has none
KEEPS, WARNED, DENIED = "keeps", "warned", "denied"
POD = "Pod"


class Thing(Struct, frozen=True):
    """A pod, or the owner of a pod template, by which its pods would be made."""

    api_version: str
    kind: str
    namespace: str
    name: str


class Share(Struct):
    """The pods of one team in one namespace; not the templates."""

    pods: int = 0
    denied: int = 0  # break a rule in enforce
    warned: int = 0  # only rules in warn or audit
    paid: int = 0  # carry a cost center that their team may spend on
    wrong: int = 0  # carry another


class Finding(Struct, frozen=True):
    """What alike things break."""

    thing: Thing  # the first
    workload: Workload
    team: str
    violations: tuple[Violation, ...]
    contact: str | None


class Alike(Struct):
    finding: Finding
    things: int = 0


class Audited:
    """All that was found, so far."""

    def __init__(self, policies: PolicySet) -> None:
        self._policies = policies
        self._findings: dict[object, Alike] = {}
        self.shares: dict[tuple[str, str], Share] = {}  # by team and namespace
        self.pods = 0  # governed
        self.templates = 0  # likewise
        self.results: dict[str, int] = {KEEPS: 0, WARNED: 0, DENIED: 0}
        self.left_out = 0  # pods and templates whose findings were not kept

    def add(
        self, thing: Thing, request: AdmissionRequest, workload: Workload, decision: Decision
    ) -> None:
        """One governed pod, or template."""
        result = result_of(decision.violations)
        self.results[result] += 1
        if thing.kind == POD:
            self.pods += 1
            self._share(request, decision, result)
        else:
            self.templates += 1
        if decision.violations:
            self._note(thing, workload, decision)

    def findings(self) -> list[Alike]:
        """By namespace; what most of them break, first."""
        return sorted(self._findings.values(), key=_place)

    def _share(self, request: AdmissionRequest, decision: Decision, result: str) -> None:
        share = self.shares.setdefault((decision.team or NOBODY, request.namespace), Share())
        share.pods += 1
        share.denied += result == DENIED
        share.warned += result == WARNED
        code = (request.pod.metadata.labels or {}).get(self._policies.spec.labels.cost_center)
        team = self._policies.teams.get(decision.team or NOBODY)
        if code and team is not None and code in team.cost_centers:
            share.paid += 1
        elif code:
            share.wrong += 1

    def _note(self, thing: Thing, workload: Workload, decision: Decision) -> None:
        like = (thing.kind, thing.namespace, workload.kind, workload.dag, workload.task)
        key = (*like, decision.team, decision.violations)
        alike = self._findings.get(key)
        if alike is None:
            if len(self._findings) >= MOST_FINDINGS:
                self.left_out += 1
                return
            team = decision.team or NOBODY
            finding = Finding(thing, workload, team, decision.violations, decision.contact)
            alike = self._findings[key] = Alike(finding)
        alike.things += 1


def _place(alike: Alike) -> tuple[str, int, str]:
    thing = alike.finding.thing
    return thing.namespace, -alike.things, thing.name


def result_of(violations: Iterable[Violation]) -> str:
    """The gravest."""
    modes = {violation.mode for violation in violations}
    if "enforce" in modes:
        return DENIED
    return WARNED if modes else KEEPS


def together(shares: Iterable[Share]) -> Share:
    total = Share()
    for share in shares:
        total.pods += share.pods
        total.denied += share.denied
        total.warned += share.warned
        total.paid += share.paid
        total.wrong += share.wrong
    return total
