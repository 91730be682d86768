"""Names and values as the API server wants them. Each function says why one is not valid, or None.

Source: Kubernetes 1.36, apimachinery `pkg/api/validate/content` (kube.go, dns.go) and
`pkg/util/validation/validation.go`; the same since 1.30.
"""

import re

from webhook.policy.errors import clip

_NAME = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_DNS = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
LABEL_VALUE = f"^(?:{_NAME})?$"  # for editors; length apart
LABEL_KEY = f"^(?:{_DNS}(?:\\.{_DNS})*/)?{_NAME}$"
DNS_NAME = f"^{_DNS}(?:\\.{_DNS})*$"

_name = re.compile(_NAME)
_dns_label = re.compile(_DNS)
_dns_name = re.compile(f"{_DNS}(?:\\.{_DNS})*")
_env_name = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_data_key = re.compile(r"[-._a-zA-Z0-9]+")

_LABEL = 63
_SUBDOMAIN = 253
_NAME_RULE = "letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit"
_DNS_RULE = "small letters, digits and `-`, beginning and ending with a letter or digit"


def label_value(value: str) -> str | None:
    if len(value) <= _LABEL and (not value or _name.fullmatch(value)):
        return None
    return f"`{clip(value)}` is no label value: at most {_LABEL} {_NAME_RULE}"


def filled_label_value(value: str) -> str | None:
    """A label value that is not empty: a team's name, a cost center."""
    return label_value(value) if value else "is empty; write a name"


def label_key(key: str) -> str | None:
    """What Kubernetes calls a qualified name: `name`, or `prefix.example.com/name`."""
    if not key:
        return "is empty; write a label key"
    prefix, slash, name = key.rpartition("/")
    if len(name) > _LABEL or not _name.fullmatch(name):
        return f"`{clip(key)}` is no label key: after any `/`, at most {_LABEL} {_NAME_RULE}"
    if slash and dns_name(prefix) is not None:
        return f"`{clip(key)}` is no label key: before the `/` a DNS name such as example.com"
    return None


def annotation_key(key: str) -> str | None:
    """A qualified name in which capitals are allowed before the `/` too."""
    problem = label_key(key.lower())
    if problem is None or not key:
        return problem
    return f"`{clip(key)}` is no annotation key: {problem.split(': ', 1)[1]}"


def dns_label(name: str) -> str | None:
    """A namespace's name."""
    if len(name) <= _LABEL and _dns_label.fullmatch(name):
        return None
    return f"`{clip(name)}` is no namespace's name: at most {_LABEL} {_DNS_RULE}"


def dns_name(name: str) -> str | None:
    """A DNS subdomain name: what most objects are named by."""
    if len(name) <= _SUBDOMAIN and _dns_name.fullmatch(name):
        return None
    return f"`{clip(name)}` is no name of an object: at most {_SUBDOMAIN} {_DNS_RULE}; `.` between"


def env_name(name: str) -> str | None:
    """The strict rule: the one that allows `=`-less ASCII is behind a feature gate before 1.32."""
    if _env_name.fullmatch(name) and not _leads_up(name):
        return None
    return (
        f"`{clip(name)}` is no name of an environment variable: "
        "letters, digits, `-`, `_` and `.`, not beginning with a digit or `..`"
    )


def data_key(key: str) -> str | None:
    """A key of a ConfigMap or Secret."""
    if len(key) <= _SUBDOMAIN and _data_key.fullmatch(key) and not _leads_up(key):
        return None
    return f"`{clip(key)}` is no key of a ConfigMap or Secret: letters, digits, `-`, `_` and `.`"


def _leads_up(name: str) -> bool:
    return name == "." or name.startswith("..")
