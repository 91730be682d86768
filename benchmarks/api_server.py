"""What each way adds to a pod's creation, through a real API server: dry runs, one after the other.

| who                            | what the API server asks                                       |
|--------------------------------|----------------------------------------------------------------|
| nothing                        | nobody                                                         |
| empty pair                     | plain uvicorn, by Taxiway's own webhook configurations         |
| constant pair                  | the same, which gives every pod the one patch that Taxiway gave |
| Taxiway                        | Taxiway, 1,000 teams, as the chart installs it                 |
| CEL, a policy a team           | its own policies, two for each of 10 or 100 teams              |
| CEL, a parameter object        | its own two policies, which look 1,000 teams up in a ConfigMap |

A pod that is changed passes all plugins of the API server once more, whoever changed it: what that
costs is between the empty pair and the constant one. All but CEL share an API server, told apart by
a label of the pod, so that what it costs to match configurations is in all of them; each way of CEL
has one of its own. API servers, etcd and who asks share a core, the webhooks have the other. Before
anything is timed, every way has to give the pod what Taxiway gives it, and to refuse one that pays
with another team's cost center; the pairs are seen to be asked.
"""

import asyncio
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import httpx
from msgspec import Struct

from benchmarks import cel, cores, policies, processes, reviews, servers, site
from benchmarks.client import Connection, request
from benchmarks.figures import Key, Row, Values
from benchmarks.https_cases import TAXIWAY, TEAMS
from benchmarks.plan import Plan
from tests.cluster.api import Object, Reply, trusting
from tests.cluster.lone_api_server import LoneApiServer, lone_api_server
from tests.cluster.webhooks import Endpoint, mutating, validating
from tests.cluster.wire import Wire
from tests.cluster.world import SCHEDULER, launchers, of, priority_class
from tests.serving import until

PART, CASE = "api-server", "mutate and validate"
NOTHING, EMPTY, CONSTANT = "nothing", "empty pair", "constant pair"
OBJECT = "CEL, a parameter object"
SMALL, LARGE = 10, 100  # teams, with two policies each
CREATIONS_A_SECOND = 200  # at most, of a round's seconds
SLOWER = 3  # a round ends after so many times its seconds
LEAST = 5  # creations of a round, however long they take
IN_FORCE_SECONDS = 120.0
NAMESPACE = cel.NAMESPACE
WAY = "way"  # the label that says which configurations a pod is for
CREATED = 201
REFUSED = (400, 422)  # by a webhook of ours, and by a policy of the API server


class Way(Struct, frozen=True):
    """Who is asked about a pod, and the API server that asks."""

    name: str
    server: LoneApiServer
    token: str

    def creations(self, number: int, seconds: float) -> "Creations":
        """Dry runs, one after the other on one connection. Raises RuntimeError."""
        before = processes.cpu_microseconds(self.server.pid)
        took = asyncio.run(self._ask(number, seconds))
        cpu = (processes.cpu_microseconds(self.server.pid) - before) / len(took)
        return Creations(tuple(took), cpu)

    async def _ask(self, number: int, seconds: float) -> list[float]:
        context = trusting(self.server.credentials.ca)
        wire = Wire("127.0.0.1", self.server.port, context, self.token)
        took: list[float] = []
        end = time.monotonic() + SLOWER * seconds
        for step in range(LEAST + int(seconds * CREATIONS_A_SECOND)):
            if step > LEAST and time.monotonic() > end:
                break
            body = json.dumps(pod(self.name, f"{number:03}{step:05}")).encode()
            began = time.perf_counter_ns()
            code, answer = await wire.post(PATH, body)
            took.append((time.perf_counter_ns() - began) / 1000)
            if code != CREATED:
                raise RuntimeError(f"{self.name}: {answer[:500]!r}")
        await wire.close()
        return took[1:]  # the first has opened the connection


PATH = f"/api/v1/namespaces/{NAMESPACE}/pods?dryRun=All"


class Creations(Struct, frozen=True):
    """Microseconds: of each creation, and of the API server's own time for one."""

    took: tuple[float, ...]
    cpu: float


def measure(plan: Plan) -> list[Row]:
    """Every way in every round. Raises Missing."""
    values = Values(PART)
    with TemporaryDirectory() as name, ways(Path(name), plan) as asked:
        for way in asked:
            way.creations(0, plan.seconds)
        for number in plan.each_round():
            found = {
                way.name: way.creations(number + 1, plan.seconds) for way in _turned(asked, number)
            }
            _add(values, found)
    return values.rows(_controls([way.name for way in asked]))


def _turned(asked: Sequence[Way], number: int) -> Sequence[Way]:
    """Each round begins with another."""
    start = number % len(asked)
    return [*asked[start:], *asked[:start]]


def _add(values: Values, found: Mapping[str, Creations]) -> None:
    nothing = median(found[NOTHING].took)
    for name, creations in found.items():
        middle = median(creations.took)
        values.add(Key(CASE, name, "p50"), middle)
        values.add(Key(CASE, name, "p99"), quantiles(creations.took, n=100, method="inclusive")[-1])
        values.add(Key(CASE, name, "CPU a request"), creations.cpu)
        if name != NOTHING:
            values.add(Key(CASE, name, "added time"), (middle - nothing) / 1000)


def _controls(names: Sequence[str]) -> Mapping[Key, Sequence[Key]]:
    added = {
        Key(CASE, name, "added time"): [
            Key(CASE, control, "added time") for control in (EMPTY, CONSTANT) if control != name
        ]
        for name in names
        if name not in (NOTHING, EMPTY)
    }
    creation = {
        Key(CASE, name, measure): [Key(CASE, NOTHING, measure)]
        for name in names
        for measure in ("p50", "p99", "CPU a request")
        if name != NOTHING
    }
    return added | creation


@contextmanager
def ways(folder: Path, plan: Plan) -> Iterator[list[Way]]:
    """All of them, in force and doing the same. Raises Missing."""
    teams = plan.teams(TEAMS)
    in_tree = {
        f"CEL, a policy a team, {SMALL} teams": cel.a_policy_a_team(SMALL),
        f"CEL, a policy a team, {LARGE} teams": cel.a_policy_a_team(LARGE),
        OBJECT: cel.a_parameter_object(teams),
    }
    if not plan.is_warm:
        del in_tree[f"CEL, a policy a team, {LARGE} teams"]
    with ExitStack() as stack:
        shared = stack.enter_context(_api_server(folder / "shared"))
        token = _token(shared)
        service = stack.enter_context(servers.service(folder, (teams, 0)))
        endpoints = {
            EMPTY: stack.enter_context(servers.empty_webhook(folder)),
            CONSTANT: stack.enter_context(servers.empty_webhook(folder, _patch_of(service))),
            TAXIWAY: service,
        }
        for name, running in endpoints.items():
            for configuration in _configurations(name, running):
                shared.api.create(configuration).made()
        made = [Way(name, shared, token) for name in (NOTHING, *endpoints)]
        for number, (name, objects) in enumerate(in_tree.items()):
            server = stack.enter_context(_api_server(folder / f"cel-{number}"))
            for each in objects:
                server.api.create(each).made()
            made.append(Way(name, server, _token(server)))
        for way in made:
            _check(way)
        yield made


@contextmanager
def _api_server(folder: Path) -> Iterator[LoneApiServer]:
    """With what the pods need. Raises Missing."""
    folder.mkdir()
    with cores.on(cores.OTHERS), lone_api_server(site.programs(), folder) as server:
        api = server.api
        api.create(of("v1", "Namespace", NAMESPACE)).made()
        for account in ("default", "airflow-scheduler", "airflow-worker"):
            api.create(of("v1", "ServiceAccount", account, namespace=NAMESPACE)).made()
        for thing in (*launchers(), priority_class("batch", 1000)):
            api.create(thing).made()
        yield server


def _patch_of(service: servers.Running) -> str:
    """What Taxiway gives the measured pod."""
    (review, *_) = reviews.created(reviews.POD)
    with Connection(service.port) as connection:
        answer = json.loads(connection.answer(request("/mutate", review)))
    return str(answer["response"]["patch"])


def _token(server: LoneApiServer) -> str:
    return server.api.token(SCHEDULER.rpartition(":")[2], NAMESPACE)


def _configurations(name: str, running: servers.Running) -> Iterator[Object]:
    """The chart's own, for the pods of this way alone."""
    endpoint = Endpoint(f"https://127.0.0.1:{running.port}", running.authority)
    for configuration in (mutating(endpoint), validating(endpoint)):
        configuration["metadata"]["name"] += f"-{label(name)}"
        for entry in configuration["webhooks"]:
            entry["objectSelector"] = {"matchLabels": {WAY: label(name)}}
        yield configuration


def label(way: str) -> str:
    return way.replace(",", "").replace(" ", "-").lower()


def pod(way: str, number: str, **labels: str) -> Object:
    """The measured pod as Airflow sends it, without what the API server fills in."""
    made: Object = deepcopy(reviews.POD)
    metadata, spec = made["metadata"], made["spec"]
    (container,) = spec["containers"]
    for key in ("uid", "creationTimestamp"):
        del metadata[key]
    for key in ("priority", "preemptionPolicy", "serviceAccount"):
        del spec[key]
    for holder, key in ((spec, "volumes"), (container, "volumeMounts")):
        holder[key] = [each for each in holder[key] if each["name"] == "logs"]
    spec["tolerations"] = spec["tolerations"][:1]
    metadata["name"] = f"payments-daily-load-{number}"
    metadata["labels"] |= {WAY: label(way), "task_id": f"load_{number}", **labels}
    metadata["annotations"]["task_id"] = f"load_{number}"
    return made


GIVEN = {
    "labels": {"team": "payments", "cost-center": "CC-00000"},
    "role": policies.ROLE.format("payments"),
    "nodeSelector": {"pool": "payments"},
    "tolerations": [
        {"key": "dedicated", "operator": "Equal", "value": "payments", "effect": "NoSchedule"}
    ],
    "class": ("batch", 1000),
}


def _check(way: Way) -> None:
    """Wait until it is in force: the same comes of a pod, and the same one is refused."""
    if way.name == NOTHING:
        assert given(_creation(way).made()) != GIVEN
        return
    if way.name == CONSTANT:
        until("the constant pair patches", lambda: _places(way), IN_FORCE_SECONDS)
        return
    if way.name == EMPTY:  # the first whose webhooks are called: they have the same names
        until("the empty pair is asked", lambda: _is_asked(way), IN_FORCE_SECONDS)
        return
    until(f"{way.name}: pods are placed", lambda: _places(way), IN_FORCE_SECONDS)
    until(f"{way.name}: pods are refused", lambda: _refuses(way), IN_FORCE_SECONDS)


def _creation(way: Way, **labels: str) -> Reply:
    return way.server.api.create(pod(way.name, "0", **labels), user=SCHEDULER, dry_run=True)


def _places(way: Way) -> bool:
    reply = _creation(way)
    return reply.code == CREATED and given(reply.body) == GIVEN


def _refuses(way: Way) -> bool:
    """Another team's code, which it does not pay with."""
    return _creation(way, **{"cost-center": "CC-00001"}).code in REFUSED


def _is_asked(way: Way) -> bool:
    _creation(way).made()
    server = way.server.credentials
    headers = {"authorization": f"Bearer {server.tokens['administrator']}"}
    told = httpx.get(f"{server.server}/metrics", headers=headers, verify=trusting(server.ca)).text
    called = re.findall(r'webhook_request_total{code="200",name="(\w+)\.pods\.taxiway"', told)
    return {*called} == {"mutate", "validate"}


def given(made: Object) -> Object:
    """What of a stored pod is its team's."""
    meta, spec = made["metadata"], made["spec"]
    labels = {key: meta["labels"].get(key) for key in ("team", "cost-center")}
    return {
        "labels": labels,
        "role": meta["annotations"].get(cel.ROLE),
        "nodeSelector": spec.get("nodeSelector"),
        "tolerations": [each for each in spec["tolerations"] if each.get("key") == "dedicated"],
        "class": (spec.get("priorityClassName"), spec["priority"]),
    }
