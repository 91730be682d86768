"""Policies as short texts, and what the loader says of them."""

from webhook.policy.errors import PolicyErrors
from webhook.policy.load import load
from webhook.policy.spec import Apply, PolicySpec

VERSION = "apiVersion: taxiway/v1\n"


def refused(text: str, name: str = "p.yaml") -> list[str]:
    """The lines of all errors of one file; none if it loads."""
    try:
        load([(name, text.encode())])
    except PolicyErrors as errors:
        return str(errors).split("\n")
    return []


def document(body: str) -> str:
    return VERSION + body


def applying(apply: str) -> str:
    """A document in which team `a` applies what one line says."""
    return f"{VERSION}teams: {{a: {{apply: {{\n{apply}\n}}}}}}\n"


def loaded(body: str) -> PolicySpec:
    """The set that a document makes, given without its first line."""
    return load([("p.yaml", document(body).encode())]).spec


def applied(apply: str) -> Apply:
    """What team `a` applies, from one line."""
    found = load([("p.yaml", applying(apply).encode())]).spec.teams["a"].apply
    assert found is not None
    return found
