"""The options of `taxiway test`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from webhook.cli import given_names as given
from webhook.cli.common_options import NowOption, day, end


class Report(StrEnum):
    text = "text"
    json = "json"
    junit = "junit"


def run_tests(
    directory: Annotated[
        Path,
        typer.Argument(
            metavar="DIR", parser=given.policies, help="Where the tests stand, or one file."
        ),
    ],
    policies: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            parser=given.policies,
            help="The policies, if they are not in the same directory.",
        ),
    ] = None,
    now: NowOption = None,
    output: Annotated[
        Report, typer.Option("--output", "-o", help="For people, for scripts, or for CI.")
    ] = Report.text,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Show what of the policies no test touches.")
    ] = False,
    fail_under: Annotated[
        float | None,
        typer.Option(
            metavar="PERCENT", min=0, max=100, help="Fail where the tests touch less of it."
        ),
    ] = None,
) -> None:
    """Run the tests of policies: documents that begin with apiVersion: taxiway/v1test.

    They stand beside the policies, in files of their own or not, and are never taken for one.

    Exit code: 0 all hold, 1 one does not, 2 bad tests, options or policy.
    """
    from webhook.cli import policy_tests as command

    settings = command.PolicyTestSettings(
        directory=directory,
        policies=policies,
        today=day(now),
        report=output.value,
        coverage=coverage,
        fail_under=fail_under,
    )
    end(command.run(settings))
