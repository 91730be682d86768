"""The options of `taxiway dags`."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from webhook.cli import given_names as given
from webhook.cli.common_options import NowOption, PoliciesOption, UserOption, day, end
from webhook.cli.with_options import with_options


class DagsOutput(StrEnum):
    text = "text"
    json = "json"
    github = "github"


@dataclass(frozen=True, kw_only=True)
class DagsOptions:
    """As they are given."""

    paths: Annotated[list[Path], typer.Argument(metavar="PATH", help="DAG folders, or DAG files.")]
    policies: PoliciesOption
    user: UserOption = None
    namespace: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            callback=given.namespace,
            help="Of pods that do not name their own, and of the executor's.",
        ),
    ] = None
    executor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="As in airflow.cfg: KubernetesExecutor makes a pod of each task."
        ),
    ] = None
    pod_template_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The deployment's, for the executor's pods.")
    ] = None
    dags_folder: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="From which DAG files import each other, if it is not PATH."
        ),
    ] = None
    python: Annotated[
        str | None,
        typer.Option(
            metavar="FILE", help="The Python of the environment that has Airflow, if another."
        ),
    ] = None
    govern_all: Annotated[
        bool, typer.Option("--all", help="As in a namespace labelled taxiway/govern: all.")
    ] = False
    allow_unknown: Annotated[
        bool,
        typer.Option("--allow-unknown", help="What only the run can tell is no failure."),
    ] = False
    show_pods: Annotated[
        bool,
        typer.Option("--show-pods", help="With -o json: what Airflow would send, environment too."),
    ] = False
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="For Airflow to load and render all.")
    ] = 300
    now: NowOption = None
    output: Annotated[
        DagsOutput,
        typer.Option("--output", "-o", help="For people, for scripts, or for GitHub Actions."),
    ] = DagsOutput.text


@with_options
def dags(options: DagsOptions) -> None:
    """Show what Taxiway would do with the pods of DAGs: by file, line and task, before they run.

    Airflow itself loads the files and renders the pods; no task runs, and no database, connection
    or cluster is asked. What only a run can tell is said to be unknown.

    Exit code: 0 all allowed, 1 something denied, 2 a file or a pod of which it cannot be told.
    """
    from webhook.cli import dags as command
    from webhook.cli.dag_process import Asked

    if options.show_pods and options.output is not DagsOutput.json:
        raise typer.BadParameter("is for -o json alone", param_hint="--show-pods")
    asked = Asked(
        paths=tuple(options.paths),
        python=options.python,
        dags_folder=options.dags_folder,
        executor=options.executor,
        pod_template_file=options.pod_template_file,
        namespace=options.namespace,
        timeout=options.timeout,
    )
    settings = command.DagsSettings(
        asked=asked,
        policies=options.policies,
        today=day(options.now),
        output=options.output.value,
        user=options.user,
        govern_all=options.govern_all,
        show_pods=options.show_pods,
        allow_unknown=options.allow_unknown,
    )
    end(command.dags(settings))
