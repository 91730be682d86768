"""Two objects, equal but for what differs from run to run.

This is made equal, and nothing else:

| what       | where                                                        | becomes      |
|------------|--------------------------------------------------------------|--------------|
| names      | the 8 random characters at the end of a `metadata.name`, and | `…-<random>` |
|            | of the object's own name in its text                         |              |
| run ids    | labels and annotations `run_id`; in text, `manual__` and a time | `<run id>` |
| timestamps | in text, `2026-11-21T18:35:40.6+00:00` and its like          | `<time>`     |
| UUIDs      | in text, with dashes or without                              | `<uuid>`     |
|            | in text, the ids of a trace (W3C's `traceparent`)            | `<trace>`    |
| tokens     | in text: a JWT, three parts of base64                        | `<token>`    |
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

_RANDOM = re.compile(r"-[a-z0-9]{8}$")
_DAY = r"\d{4}-\d\d-\d\d"
_TEXT = (
    (re.compile(rf"manual__{_DAY}T[0-9:.+]+"), "<run id>"),
    (re.compile(rf"{_DAY}[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"), "<time>"),
    (re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"), "<trace>"),
    (re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{32}\b"), "<uuid>"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
)
Patterns = Sequence[tuple[re.Pattern[str], str]]
_IDS = {"labels": "run_id", "annotations": "run_id"}


def without_run(whole: dict[str, Any]) -> dict[str, Any]:
    """The object, with a word in place of what another run has otherwise."""
    name = whole.get("metadata", {}).get("name", "")
    patterns = [(re.compile(re.escape(name)), _RANDOM.sub("-<random>", name))] if name else []
    found: dict[str, Any] = _without(whole, "", [*patterns, *_TEXT])
    return found


def _without(value: Any, path: str, patterns: Patterns) -> Any:
    if isinstance(value, dict):
        return {key: _of_key(key, item, path, patterns) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, f"{path}/{at}", patterns) for at, item in enumerate(value)]
    if isinstance(value, str):
        for pattern, word in patterns:
            value = pattern.sub(word, value)
    return value


def _of_key(key: str, item: Any, path: str, patterns: Patterns) -> Any:
    if key == _IDS.get(path.rpartition("/")[2]):
        return "<run id>"
    found = _without(item, f"{path}/{key}", patterns)
    if path.endswith("/metadata") and key == "name" and isinstance(found, str):
        return _RANDOM.sub("-<random>", found)
    return found


def differences(sent: Any, rendered: Any, unknown: dict[str, str], path: str = "") -> Iterator[str]:
    """What `rendered` has otherwise than what Airflow `sent`, a line for each place.

    `unknown`: the places of `rendered` that hold what only a run can tell, by JSON Pointer, and
    the text that stands there. What Airflow sent there has to fit the text around each `{{ … }}`.
    """
    if path in unknown:
        if not _fits(unknown[path], sent):
            yield f"{path}: sent {sent!r}, which does not fit {unknown[path]!r}"
    elif isinstance(sent, dict) and isinstance(rendered, dict):
        yield from _of_mappings(sent, rendered, unknown, path)
    elif isinstance(sent, list) and isinstance(rendered, list):
        if _stands_for_all(rendered, unknown.get(f"{path}/0")):
            return
        if len(sent) != len(rendered):
            yield f"{path}: sent {sent!r}, rendered {rendered!r}"
        for place, (one, other) in enumerate(zip(sent, rendered, strict=False)):
            yield from differences(one, other, unknown, f"{path}/{place}")
    elif sent != rendered or type(sent) is not type(rendered):
        yield f"{path}: sent {sent!r}, rendered {rendered!r}"


def _of_mappings(
    sent: dict[str, Any], rendered: dict[str, Any], unknown: dict[str, str], path: str
) -> Iterator[str]:
    for key in [*sent, *(key for key in rendered if key not in sent)]:
        below = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
        if key not in rendered:
            yield f"{below}: sent {sent[key]!r}, not rendered"
        elif key not in sent:
            yield f"{below}: rendered {rendered[key]!r}, not sent"
        else:
            yield from differences(sent[key], rendered[key], unknown, below)


def _stands_for_all(rendered: list[Any], text: str | None) -> bool:
    """A list that nobody knows has one item, which says in words what it would hold."""
    return len(rendered) == 1 and "{{" not in (text or "{{")


def _fits(text: str, sent: Any) -> bool:
    """Whether `sent` is the text with something in each template's place; any value for a word."""
    if "{{" not in text:
        return True
    around = re.split(r"\{\{.*?\}\}", text)
    return re.fullmatch(".*".join(map(re.escape, around)), str(sent), re.DOTALL) is not None
