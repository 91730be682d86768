"""A command's options, each stated once: the fields of a dataclass, by name, type and default.

typer reads options from a function's signature. One that states many is long, and hands each on by
name; so the signature is written from the fields, and the command takes them as one value.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields
from inspect import Parameter, Signature
from typing import Any, TypeVar, get_type_hints

Options = TypeVar("Options")


def with_options(command: Callable[[Options], None]) -> Callable[..., None]:
    """The same command as a function that takes each field of its dataclass by name."""
    (options,) = (kind for name, kind in get_type_hints(command).items() if name != "return")

    def run(**given: Any) -> None:
        command(options(**given))

    hints = get_type_hints(options, include_extras=True)
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__annotations__ = hints
    run.__signature__ = Signature(  # type: ignore[attr-defined]  # inspect looks for it
        [
            Parameter(
                field.name,
                Parameter.KEYWORD_ONLY,
                default=Parameter.empty if field.default is MISSING else field.default,
                annotation=hints[field.name],
            )
            for field in fields(options)
        ]
    )
    return run
