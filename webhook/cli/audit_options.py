"""The options of `taxiway audit`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from webhook.cli import given_names as given
from webhook.cli.common_options import ContextOption, KubeconfigOption, NowOption, day, end
from webhook.cli.with_options import with_options


class AuditOutput(StrEnum):
    text = "text"
    json = "json"
    markdown = "markdown"
    report = "report"


@dataclass(frozen=True, kw_only=True)
class AuditOptions:
    """As they are given."""

    policies: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=given.policies,
            help="The policies, a directory or one file; without it those in force in --namespace.",
        ),
    ] = None
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NAME",
            callback=given.namespace,
            help="The service's own, which is left out.",
        ),
    ] = None
    within: Annotated[
        list[str] | None,
        typer.Option(
            "--in",
            metavar="NAMESPACE",
            callback=given.namespaces,
            help="Look at these alone; may be repeated.",
        ),
    ] = None
    kubeconfig: KubeconfigOption = None
    context: ContextOption = None
    findings: Annotated[
        int, typer.Option(metavar="N", min=0, max=5000, help="How many to show.")
    ] = 20
    apply: Annotated[
        bool, typer.Option("--apply", help="Put PolicyReports into the cluster, with your rights.")
    ] = False
    now: NowOption = None
    output: Annotated[
        AuditOutput,
        typer.Option("--output", "-o", help="report: PolicyReports as YAML."),
    ] = AuditOutput.text


@with_options
def audit(options: AuditOptions) -> None:
    """Hold what runs in a cluster now against the policies, and show who pays for it.

    Looks at pods that have not ended, and at the pod templates of Deployments, StatefulSets and
    CronJobs, with the rights of your kubeconfig. What you may not list is said, and left out.

    Exit code: 0 all keep the policies, 1 some do not, 2 something could not be read.
    """
    if options.policies is None and options.namespace is None:
        raise typer.BadParameter("is needed without --policies", param_hint="--namespace")
    from webhook.cli import audit as command

    settings = command.AuditSettings(
        policies=options.policies,
        namespace=options.namespace,
        within=tuple(options.within or ()),
        kubeconfig=options.kubeconfig,
        context=options.context,
        today=day(options.now),
        output=options.output.value,
        findings=options.findings,
        applies=options.apply,
    )
    end(command.audit(settings))
