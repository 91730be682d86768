"""Values that nobody knows before the run, and how they are kept apart from those that are known.

While a template is rendered, every name that only a run can fill is an `Unknown`. It takes part in
any expression, remembers that it was asked for, and has no value: whoever needs one (a condition,
a loop, a sort) gets `CannotKnow`. What was rendered from one stands in the pod as a token, and
when the pod is done each token becomes the expression that an author can recognise, beside
a list of the places where one stood.

A token is a number between two characters of Unicode's private use area, which no YAML, label or
id holds; it survives what Airflow does to text, but for names that it makes fit for Kubernetes.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

# What Jinja asks of whatever is called in a template. Source: jinja2 `sandbox.py`, `utils.py`.
_JINJAS_OWN = ("unsafe_callable", "alters_data", "jinja_pass_arg")
_TOKEN = re.compile("\ue000([0-9]+)\ue001")


class CannotKnow(Exception):
    """A value was needed that only a run has."""


class Ledger:
    """What was asked for while templates were rendered, and the tokens that stand for it."""

    def __init__(self) -> None:
        self._told: list[str] = []
        self.touched: list[str] = []

    def touch(self, name: str) -> None:
        self.touched.append(name)

    def reset(self) -> None:
        self.touched.clear()

    def last(self) -> str | None:
        """The longest expression since the last look: `var.value.team`, not `var`."""
        found = max(self.touched, key=len, default=None)
        self.touched.clear()
        return found

    def token(self, text: str) -> str:
        self._told.append(text)
        return f"\ue000{len(self._told) - 1}\ue001"

    def every(self) -> list[str]:
        """What each token stands for, by its number."""
        return self._told

    def told(self, text: str) -> str:
        return told(text, self._told)


def told(text: str, by_number: Sequence[str]) -> str:
    """A text as a person reads it: each token as the expression that it stands for."""
    return _TOKEN.sub(lambda match: by_number[int(match[1])], text)


def cleared(
    value: Any, by_number: Sequence[str], pointer: str = ""
) -> tuple[Any, list[dict[str, str]]]:
    """JSON without tokens, and of each place that had one its pointer and its text."""
    if isinstance(value, str):
        if "\ue000" not in value:
            return value, []
        text = told(value, by_number)
        return text, [{"path": pointer, "text": text}]
    places: list[dict[str, str]] = []
    if isinstance(value, dict):
        whole: dict[str, Any] = {}
        for key, item in value.items():
            whole[told(key, by_number)], found = cleared(item, by_number, _below(pointer, key))
            places += found
        return whole, places
    if isinstance(value, list):
        items = []
        for at, item in enumerate(value):
            clear, found = cleared(item, by_number, _below(pointer, at))
            items.append(clear)
            places += found
        return items, places
    return value, places


def holds_token(value: Any) -> bool:
    return isinstance(value, str) and "\ue000" in value


def _below(pointer: str, key: object) -> str:
    """A JSON Pointer one step further down. Source: RFC 6901, section 3."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _cut(part: slice) -> str:
    """`:4`, as it is written."""
    ends = (part.start, part.stop, *([part.step] if part.step is not None else []))
    return ":".join("" if end is None else repr(end) for end in ends)


class Unknown:
    """A name of a template that only a run can fill. Jinja may do with it what it likes."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self._name = name

    def __getattr__(self, name: str) -> "Unknown":
        if name.startswith("__") or name in _JINJAS_OWN:
            raise AttributeError(name)
        return Unknown(self._ledger, f"{self._name}.{name}")

    def __getitem__(self, key: object) -> "Unknown":
        told = _cut(key) if isinstance(key, slice) else repr(key)
        return Unknown(self._ledger, f"{self._name}[{told}]")

    def __call__(self, *given: object, **named: object) -> "Unknown":
        told = [*map(repr, given), *(f"{key}={value!r}" for key, value in named.items())]
        return Unknown(self._ledger, f"{self._name}({', '.join(told)})")

    def __str__(self) -> str:
        self._ledger.touch(self._name)
        return ""

    def __repr__(self) -> str:
        """Inside the arguments of another, as in `macros.ds_add(ds, 7)`."""
        self._ledger.touch(self._name)
        return self._name

    def __html__(self) -> str:
        return str(self)

    def _need(self, *_: object) -> NoReturn:
        self._ledger.touch(self._name)
        raise CannotKnow(self._name)

    def _absorb(self, *_: object) -> "Unknown":
        self._ledger.touch(self._name)
        return self

    def __iter__(self) -> Iterator[Any]:
        self._need()

    __bool__ = __len__ = __int__ = __float__ = __index__ = __contains__ = _need
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _need
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _absorb
    __truediv__ = __floordiv__ = __mod__ = __rmod__ = __neg__ = _absorb
