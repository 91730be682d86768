"""The words of the policy language: globs, names, and texts that end in a denial's one line."""

from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

from webhook import names
from webhook.policy import globs, limits
from webhook.policy.errors import clip
from webhook.policy.kubernetes_names import dns_label, label_value
from webhook.policy.pattern import compile_pattern
from webhook.policy.places import Check
from webhook.policy.shapes import ListOf
from webhook.policy.shapes_scalar import Choice, Text
from webhook.policy.suggestion import suggest

# Airflow queues a task again, for ever, when a refusal's message holds one of these. Source:
# cncf.kubernetes `kubernetes_executor.py`, handling of ApiException.
_REQUEUES = ("exceeded quota", "object has been modified")
_NAMESPACE_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-*?")


def line(text: str) -> str | None:
    """One line that a denial can hold."""
    if not text.strip():
        return "is empty; write a few words"
    if len(text) > limits.TEXT:
        return f"has {len(text)} characters; at most {limits.TEXT} are allowed"
    if not text.isprintable():
        return "must be one line without control characters: Airflow shows it inside a log line"
    for phrase in _REQUEUES:
        if phrase in text.lower():
            return f"must not hold `{phrase}`: Airflow would queue the task again for ever"
    return None


def url(text: str) -> str | None:
    """Where the documentation is."""
    problem = line(text)
    if problem is not None:
        return problem
    try:
        parts = urlsplit(text)
        complete = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        complete = False
    if not complete or " " in text:
        return (
            f"`{clip(text)}` is no address; write one such as https://wiki.example.com/airflow-pods"
        )
    return None


def glob(text: str) -> str | None:
    problem = globs.problem(text)
    if problem is None and not text.isprintable():
        return "holds control characters, which no name does"
    return problem


def namespace_glob(text: str) -> str | None:
    problem = glob(text)
    if problem is not None:
        return problem
    if globs.is_exact(text):
        return dns_label(text)
    if not _NAMESPACE_LETTERS.issuperset(text):
        return (
            f"`{clip(text)}` matches no namespace: their names have small letters, digits and `-`"
        )
    return None


def label_glob(text: str) -> str | None:
    """A glob for a label's value."""
    problem = glob(text)
    if problem is not None:
        return problem
    return label_value(text) if globs.is_exact(text) else None


def workload_glob(text: str) -> str | None:
    problem = glob(text)
    if problem is None and not matching_workloads(text):
        return f"`{clip(text)}` matches no workload{suggest(text, names.WORKLOADS)}"
    return problem


@lru_cache(maxsize=256)
def matching_workloads(text: str) -> tuple[str, ...]:
    return tuple(name for name in names.WORKLOADS if fnmatchcase(name, text))


def pattern(text: str) -> str | None:
    if not text:
        return "is empty; write a pattern, or leave the key out: any value is then allowed"
    if not text.isprintable():
        return "must be one line without control characters; write \\n, \\t and their like as such"
    try:
        compile_pattern(text)
    except ValueError as error:
        return str(error)
    return None


def role(text: str) -> str | None:
    """An IAM role: an ARN, or the name after its last `/`, or a cloud's own name for one."""
    if not text:
        return "is empty; write an ARN or a role's name"
    if len(text) > limits.ROLE:
        return f"has {len(text)} characters; at most {limits.ROLE} are allowed"
    if not text.isprintable() or " " in text:
        return "holds white space, which no role does"
    return None


def listed(check: Check, most: int = limits.NAMES) -> ListOf:
    """A list of at least one word, each once."""
    return ListOf(Text(check), most, least=1, key=_itself)


def _itself(value: object) -> object:
    return value


LINE = Text(line)
MODE = Choice(names.MODES)
