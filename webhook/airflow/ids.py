"""How Airflow makes a label's value of a dag's, a task's or a run's id.

A label's value is at most 63 characters of `[a-zA-Z0-9_.-]` between two alphanumerics; an id
may be anything. Airflow leaves an id that fits as it is. Of any other it keeps what fits, cut
to 53 characters, and adds a dash and nine hexadecimal digits of the id's MD5, so that two ids
which differ stay apart. What was cut off is lost: a policy that names such a dag is matched
by doing the same to the name in the policy.

Source: `make_safe_label_value`, the same in Airflow 1.10.9 to 3.x (`kubernetes_executor.py`
up to 1.10.10, then `pod_generator.py`, of core and later of the provider cncf.kubernetes).
"""

from hashlib import md5
from string import ascii_letters, digits

LONGEST = 63  # characters of a label's value
DIGEST = 9  # characters of the MD5 that Airflow keeps
KEPT = LONGEST - DIGEST - 1  # and one for the dash
ALPHANUMERIC = ascii_letters + digits
ALLOWED = frozenset(ALPHANUMERIC + "_.-")


def safe_label_value(identifier: str) -> str:
    """The value that Airflow's label has for `identifier`; the same string where it fits."""
    fitting = "".join(c for c in _between_alphanumerics(identifier) if c in ALLOWED)
    if fitting == identifier and len(fitting) <= LONGEST:
        return fitting
    digest = md5(identifier.encode(), usedforsecurity=False).hexdigest()
    return f"{fitting[:KEPT]}-{digest[:DIGEST]}"


def _between_alphanumerics(text: str) -> str:
    """`text` from its first ASCII letter or digit to its last; empty if it has none."""
    ends = [i for i, c in enumerate(text) if c in ALPHANUMERIC]
    return text[ends[0] : ends[-1] + 1] if ends else ""
