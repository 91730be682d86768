"""`taxiway explain`: why Taxiway decides about a pod as it does.

| POD        | is                                                                     |
|------------|------------------------------------------------------------------------|
| `pod/NAME` | a pod of the cluster, in `--namespace`                                 |
| `-`        | standard input                                                         |
| other      | a file; of both, whatever `review` takes                               |

The engine gives the facts (`engine.explanation`); here they get their places and their words.
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from msgspec import Struct

from webhook.cli import exits
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.explain_json import explain_line
from webhook.cli.explain_text import Explained, rows
from webhook.cli.objects import Found, pods_in
from webhook.cli.places import Places, placed
from webhook.cli.pods import found_in
from webhook.cli.policies import read_policies
from webhook.cli.subject import Defaults, Refusal, Subject
from webhook.cli.terminal import Terminal, printable, row
from webhook.cli.verdict import PatchFailed, judge
from webhook.engine import Engine
from webhook.engine.explanation import explain as explained_by
from webhook.policy.compile import compile_policy
from webhook.policy.errors import PolicyErrors
from webhook.sources.directory import Files, Unreadable

IN_CLUSTER = "pod/"


class ExplainSettings(Struct, frozen=True, kw_only=True):
    pod: str
    policies: Path | None  # None: those in force in the cluster, in `service_namespace`
    today: date  # UTC; exemptions end with it
    service_namespace: str | None = None
    user: str | None = None
    namespace: str | None = None
    govern_all: bool = False
    kubeconfig: Path | None = None
    context: str | None = None
    as_json: bool = False


def explain(settings: ExplainSettings) -> int:
    """The exit code; see `exits`."""
    try:
        spec, places = placed(_files(settings))
        found = list(_found(settings))
    except Unreadable as error:
        complain(printable(str(error)))
        return exits.BAD_INPUT
    except PolicyErrors as errors:
        complain(str(errors))
        return exits.BAD_INPUT
    engine = Engine(compile_policy(spec))
    with quiet_broken_pipe():
        codes = [_show(engine, one, places, settings) for one in found]
        if not settings.as_json:
            Terminal().rows([row(f"policy set {engine.revision}", "dim")])
    return max(codes, default=exits.OK)


def _files(settings: ExplainSettings) -> Files:
    if settings.policies is not None:
        return read_policies(settings.policies)
    from webhook.cli import cluster_pod  # the Kubernetes client takes 0.5 s

    namespace = settings.service_namespace or ""
    return cluster_pod.policies(namespace, settings.kubeconfig, settings.context)


def _found(settings: ExplainSettings) -> Iterator[Found]:
    defaults = Defaults(namespace=settings.namespace, user=settings.user)
    if not settings.pod.startswith(IN_CLUSTER):
        yield from found_in([settings.pod], defaults)
        return
    from webhook.cli import cluster_pod

    name, namespace = settings.pod.removeprefix(IN_CLUSTER), settings.namespace or "default"
    value = cluster_pod.pod(name, namespace, settings.kubeconfig, settings.context)
    yield from pods_in(value, settings.pod, defaults)


def _show(engine: Engine, found: Found, places: Places, settings: ExplainSettings) -> int:
    """What this pod alone makes of the exit code."""
    if isinstance(found, Refusal):
        return _refuse(found)
    try:
        explained = _explained(engine, found, settings)
    except PatchFailed as error:
        return _refuse(Refusal(found.origin, str(error)))
    if settings.as_json:
        print(explain_line(explained, places), flush=True)
    else:
        terminal = Terminal()
        terminal.rows(rows(explained, places, terminal.wrap_at))
    return exits.OK if explained.verdict.allowed else exits.DENIED


def _explained(engine: Engine, subject: Subject, settings: ExplainSettings) -> Explained:
    verdict = judge(engine, subject, settings.today, govern_all=settings.govern_all)
    if verdict.workload is None:
        return Explained(verdict, None)
    why = explained_by(engine, subject.request, verdict.workload, settings.today)
    return Explained(verdict, why)


def _refuse(refusal: Refusal) -> int:
    sys.stdout.flush()  # so that on a terminal it stands where it belongs
    complain(printable(str(refusal)))
    return exits.BAD_INPUT
