"""Patterns of requirements: RE2, the syntax of Kubernetes' own patterns (CRDs, CEL `matches`).

RE2 decides in time linear in the value, so that no pattern an SRE writes can stall the request
path, as `^(a+)+$` would with Python's own `re`.
"""

from collections.abc import Callable

import re2

MAX_LENGTH = 1024  # characters; the longest patterns in use (UUIDs, ARNs) have under 200
MAX_PROGRAM_BYTES = 1 << 20  # 1,000 patterns at the limit are 1 GiB; real ones take under 10 KiB


def compile_pattern(text: str) -> Callable[[str], object]:
    """A search for `text` in a value; truthy where it is found.

    Raises ValueError with a reason that can be shown to the policy's author.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"has {len(text)} characters; at most {MAX_LENGTH} are allowed")
    options = re2.Options()
    options.max_mem = MAX_PROGRAM_BYTES
    options.log_errors = False
    try:
        return re2.compile(text, options).search  # type: ignore[no-any-return]
    except re2.error as error:
        reason = error.args[0]
        shown = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise ValueError(f"is no RE2 pattern (no lookaround, no backreference): {shown}") from None
