"""The options of `taxiway lint`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from webhook.cli import given_names as given
from webhook.cli.common_options import (
    ContextOption,
    KubeconfigOption,
    NowOption,
    Output,
    OutputOption,
    day,
    end,
)
from webhook.cli.with_options import with_options


@dataclass(frozen=True, kw_only=True)
class LintOptions:
    """As they are given."""

    policies: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR",
            parser=given.policies,
            help="The directory of the policies, or one file; without it those in force in "
            "--namespace of the cluster.",
        ),
    ] = None
    strict: Annotated[bool, typer.Option("--strict", help="Warnings give exit code 1.")] = False
    cluster: Annotated[
        bool,
        typer.Option("--cluster", help="Look for what they name in a cluster, with your rights."),
    ] = False
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NAME",
            callback=given.namespace,
            help="The service's own; with --cluster.",
        ),
    ] = None
    kubeconfig: KubeconfigOption = None
    context: ContextOption = None
    now: NowOption = None
    output: OutputOption = Output.text


@with_options
def lint(options: LintOptions) -> None:
    """Check policies. Prints every error and warning as file:line:column: path: message.

    With --cluster also warns of service accounts, PriorityClasses and RuntimeClasses that they name
    and the cluster lacks, and of node labels and taints that no node has.

    Exit code: 0 they compile, 1 they do with warnings and --strict, 2 they do not.
    """
    from webhook.cli import lint as command

    asked = command.Asked(
        namespace=options.namespace, kubeconfig=options.kubeconfig, context=options.context
    )
    if not options.cluster:
        _refuse_without_cluster(options.policies, is_asked=asked != command.Asked())
    if options.policies is None and options.namespace is None:
        raise typer.BadParameter("is needed without a directory", param_hint="--namespace")
    settings = command.LintSettings(
        policies=options.policies,
        today=day(options.now),
        strict=options.strict,
        as_json=options.output is Output.json,
        cluster=asked if options.cluster else None,
    )
    end(command.lint(settings))


def _refuse_without_cluster(policies: Path | None, *, is_asked: bool) -> None:
    """Raises BadParameter where `lint` is given what only a cluster has, or nothing."""
    if is_asked:
        raise typer.BadParameter("give it too, or a directory alone", param_hint="--cluster")
    if policies is None:
        raise typer.BadParameter(
            "give the directory of the policies, or --cluster and --namespace", param_hint="DIR"
        )
