"""`taxiway serve` with options that are plainly right, read without what typer reads them by.

typer has pydantic convert every value, which is 11 MiB of each replica for as long as it lives and
a good part of its start. What a Deployment says needs none of it:

| given                                                                    | read here          |
|--------------------------------------------------------------------------|--------------------|
| `--name VALUE` or `--name=VALUE`, once; a flag without a value           | yes                |
| `TAXIWAY_NAME=VALUE`, where the option is not given; empty is not given  | yes                |
| text in ASCII, a number in digits within its bounds, a word of a choice  | yes                |
| all else: `--help`, what is unknown, wrong, missing or given twice       | no: typer tells    |

Both read the same declarations, those of `ServeOptions`.
"""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from enum import StrEnum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import typer
from typer.models import OptionInfo

from webhook.cli.option import flag
from webhook.cli.serve import ServeSettings
from webhook.cli.serve_options import ServeOptions

_DIGITS: Mapping[type[float], re.Pattern[str]] = {
    int: re.compile(r"[0-9]{1,9}"),
    float: re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?"),
}
_TRUE, _FALSE = "true", "false"
_NO_VALUE = "-"  # which none that is read here begins with


class _Unusual(Exception):
    """For typer to read."""


def plain_serve(arguments: Sequence[str], environment: Mapping[str, str]) -> ServeSettings | None:
    """What a command line says, the command among it; None where typer has to read it."""
    if arguments[:1] != ["serve"]:
        return None
    try:
        return plain_options(arguments[1:], environment).settings()
    except (_Unusual, typer.BadParameter):
        return None


def plain_options(arguments: Sequence[str], environment: Mapping[str, str]) -> ServeOptions:
    """Raises _Unusual."""
    hints = get_type_hints(ServeOptions, include_extras=True)
    declared = {field: get_args(hints[field.name]) for field in fields(ServeOptions)}
    flags = {flag(option.envvar): kind is bool for kind, option in declared.values()}
    words = _words(arguments, flags)
    given: dict[str, Any] = {}
    for field, (kind, option) in declared.items():
        text = words.get(flag(option.envvar), environment.get(option.envvar) or None)
        if text is not None:
            given[field.name] = _value(text, kind, option)
        elif field.default is MISSING:
            raise _Unusual
    return ServeOptions(**given)


def _words(arguments: Sequence[str], flags: Mapping[str, bool]) -> dict[str, str]:
    """The text of each option that is given. `flags`: whether an option is a flag, by its name."""
    words: dict[str, str] = {}
    left = iter(arguments)
    for word in left:
        name, equals, text = word.partition("=")
        if name not in flags or name in words or (flags[name] and equals):
            raise _Unusual
        if flags[name]:
            text = _TRUE
        elif not equals:
            text = next(left, _NO_VALUE)
        words[name] = text
    if any(text.startswith("-") for text in words.values()):
        raise _Unusual
    return words


def _value(text: str, kind: Any, option: OptionInfo) -> object:
    for each in get_args(kind) or (kind,):
        if each is not NoneType:
            return _READERS[each if each in _READERS else StrEnum](text, each, option)
    raise _Unusual


def _text(text: str, _kind: type[str], _option: OptionInfo) -> str:
    if not text.isascii():
        raise _Unusual
    return text


def _path(text: str, _kind: type[Path], option: OptionInfo) -> Path:
    path = Path(_text(text, str, option))
    if text in ("", "-") or (path.exists() and not os.access(path, os.R_OK)):
        raise _Unusual
    return path


def _number(text: str, kind: type[float], option: OptionInfo) -> float:
    if not _DIGITS[kind].fullmatch(text):
        raise _Unusual
    number = kind(text)
    if option.max is not None and number > option.max:
        raise _Unusual
    return number


def _truth(text: str, _kind: type[bool], _option: OptionInfo) -> bool:
    if text not in (_TRUE, _FALSE):
        raise _Unusual
    return text == _TRUE


def _choice(text: str, kind: type[StrEnum], _option: OptionInfo) -> StrEnum:
    if text not in list(kind):
        raise _Unusual
    return kind(text)


_READERS: Mapping[type, Callable[[str, Any, OptionInfo], object]] = {
    str: _text,
    Path: _path,
    int: _number,
    float: _number,
    bool: _truth,
    StrEnum: _choice,
}
