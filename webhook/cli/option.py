"""How an option of `serve` is declared: a Deployment can give each by its environment."""

from typing import Any

import typer


def option(name: str, text: str, metavar: str | None = None, most: int | None = None) -> Any:
    """Numbers are from 0 to `most`."""
    least = None if most is None else 0
    flag = f"--{name.lower().replace('_', '-')}"
    return typer.Option(
        flag, envvar=f"TAXIWAY_{name}", metavar=metavar, min=least, max=most, help=text
    )
