"""Options that several commands have, and how a command ends."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from webhook.cli import given_names as given


class Output(StrEnum):
    text = "text"
    json = "json"


OutputOption = Annotated[
    Output, typer.Option("--output", "-o", help="For people, or JSON Lines for scripts.")
]
PoliciesOption = Annotated[
    Path,
    typer.Option(
        metavar="DIR", parser=given.policies, help="The directory of the policies, or one file."
    ),
]
UserOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Who creates the pods, such as system:serviceaccount:airflow:airflow-worker. "
        "Without it `users` is not tested.",
    ),
]
NowOption = Annotated[
    str | None,
    typer.Option(metavar="DATE", help="Judge exemptions as of this date (UTC), not today."),
]
KubeconfigOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        callback=given.kubeconfig,
        help="The way to the cluster; without it, kubectl's.",
    ),
]
ContextOption = Annotated[
    str | None, typer.Option(metavar="NAME", help="Of the kubeconfig, if not its current one.")
]


def day(now: str | None) -> date:
    """The date of `--now`, UTC; without it today."""
    from webhook.cli.now import today

    try:
        return today(now)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--now") from None


def end(code: int) -> NoReturn:
    raise typer.Exit(code)
