"""The options of `taxiway explain`."""

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
class ExplainOptions:
    """As they are given."""

    pod: Annotated[
        str,
        typer.Argument(
            metavar="POD", help="A file, - for standard input, or pod/NAME in the cluster."
        ),
    ]
    policies: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", parser=given.policies, help="The directory of the policies, or one file."
        ),
    ] = None
    live: Annotated[
        str | None,
        typer.Option(
            metavar="NAMESPACE",
            callback=given.namespace,
            help="Instead: the policies in force in the cluster, of the service's namespace.",
        ),
    ] = None
    user: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who creates it. Without it `users` is not tested."),
    ] = None
    namespace: Annotated[
        str | None,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NAME",
            callback=given.namespace,
            help="The pod's; else default.",
        ),
    ] = None
    govern_all: Annotated[
        bool,
        typer.Option("--all", help="As in a namespace labelled taxiway/govern: all."),
    ] = False
    kubeconfig: KubeconfigOption = None
    context: ContextOption = None
    now: NowOption = None
    output: OutputOption = Output.text


@with_options
def explain(options: ExplainOptions) -> None:
    """Show why: what made the pod governed, whose it is and by which rule, which block gives it
    what, what was there or is kept, what it must carry, and what is waived until when.

    Takes what `review` takes, or a pod of the cluster, with your kubeconfig and your rights.

    Exit code: 0 allowed, 1 denied, 2 bad input or policy.
    """
    from webhook.cli import explain as command

    if (options.policies is None) == (options.live is None):
        raise typer.BadParameter("give it, or --live, and not both", param_hint="--policies")
    settings = command.ExplainSettings(
        pod=options.pod,
        policies=options.policies,
        today=day(options.now),
        service_namespace=options.live,
        user=options.user,
        namespace=options.namespace,
        govern_all=options.govern_all,
        kubeconfig=options.kubeconfig,
        context=options.context,
        as_json=options.output is Output.json,
    )
    end(command.explain(settings))
