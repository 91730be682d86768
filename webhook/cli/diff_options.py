"""The options of `taxiway diff`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from webhook.cli import given_names as given
from webhook.cli.common_options import ContextOption, KubeconfigOption, NowOption, day, end
from webhook.cli.with_options import with_options

if TYPE_CHECKING:
    from webhook.cli.corpus import Corpus


class DiffOutput(StrEnum):
    text = "text"
    json = "json"
    markdown = "markdown"


@dataclass(frozen=True, kw_only=True)
class DiffOptions:
    """As they are given."""

    old: Annotated[
        Path,
        typer.Argument(
            metavar="OLD", parser=given.policies, help="Policies: a directory or one file."
        ),
    ]
    new: Annotated[
        Path,
        typer.Argument(
            metavar="NEW", parser=given.policies, help="Those that are to take its place."
        ),
    ]
    pods: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH",
            help="Pods: a file of all that `review` takes, or a directory of such; - is standard "
            "input; may be repeated.",
        ),
    ] = None
    audit_log: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FILE",
            help="Pods as they were sent: the API server's audit log, level Request or above; "
            "may be repeated.",
        ),
    ] = None
    cluster: Annotated[
        bool, typer.Option("--cluster", help="The pods that there are in a cluster.")
    ] = False
    namespace: Annotated[
        list[str] | None,
        typer.Option(
            "--in",
            metavar="NAMESPACE",
            callback=given.namespaces,
            help="With --cluster: these alone; may be repeated.",
        ),
    ] = None
    kubeconfig: KubeconfigOption = None
    context: ContextOption = None
    govern_all: Annotated[
        bool,
        typer.Option("--all", help="Files, logs: as in namespaces labelled taxiway/govern: all."),
    ] = False
    allow: Annotated[bool, typer.Option("--allow", help="Newly denied pods are no failure.")] = (
        False
    )
    examples: Annotated[
        int, typer.Option(metavar="N", min=0, max=1000, help="How many to show of each kind.")
    ] = 3
    now: NowOption = None
    output: Annotated[
        DiffOutput,
        typer.Option("--output", "-o", help="For people, for scripts, or for a pull request."),
    ] = DiffOutput.text


@with_options
def diff(options: DiffOptions) -> None:
    """Show what a change of policy does to pods: newly denied, newly admitted, placed elsewhere.

    Decides each pod of a corpus by both sets. Name at least one of --pods, --audit-log, --cluster.

    Exit code: 0 no pod is newly denied, 1 one is (unless --allow), 2 bad input or policy.
    """
    from webhook.cli import policy_diff as command
    from webhook.cli.audit_log import AuditLog
    from webhook.cli.pod_files import PodFiles

    reached = (options.kubeconfig, options.context, options.namespace) != (None, None, None)
    if reached and not options.cluster:
        raise typer.BadParameter("give it too", param_hint="--cluster")
    corpora: list[Corpus] = [
        AuditLog(file, govern_all=options.govern_all) for file in options.audit_log or ()
    ]
    if options.pods:
        corpora.append(PodFiles(tuple(options.pods), govern_all=options.govern_all))
    if options.cluster:
        from webhook.cli.cluster_pods import ClusterPods  # the Kubernetes client takes 0.5 s

        corpora.append(
            ClusterPods(options.kubeconfig, options.context, tuple(options.namespace or ()))
        )
    if not corpora:
        raise typer.BadParameter("name pods to compare by", param_hint="--pods")
    settings = command.DiffSettings(
        old=options.old,
        new=options.new,
        today=day(options.now),
        output=options.output.value,
        examples=options.examples,
        is_allowed=options.allow,
    )
    end(command.diff(settings, corpora))
