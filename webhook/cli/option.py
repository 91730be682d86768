"""How an option of `serve` is declared: a Deployment can give each by its environment."""

from collections.abc import Callable
from typing import Any

import typer

_PREFIX = "TAXIWAY_"


def option(
    name: str,
    text: str,
    metavar: str | None = None,
    most: int | None = None,
    parser: Callable[[str], Any] | None = None,
) -> Any:
    """Numbers are from 0 to `most`."""
    least = None if most is None else 0
    variable = f"{_PREFIX}{name}"
    return typer.Option(
        flag(variable),
        envvar=variable,
        metavar=metavar,
        min=least,
        max=most,
        parser=parser,
        help=text,
    )


def flag(variable: str) -> str:
    """How an option is called on the command line, by its environment variable."""
    return f"--{variable.removeprefix(_PREFIX).lower().replace('_', '-')}"
