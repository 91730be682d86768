"""The revision of a policy set: ten hexadecimal digits that say by what a pod was decided.

The same content gives the same revision wherever it was read from: names of files, order of
documents, order of keys and of stages (the softest counts) do not enter into it. Ten digits of
SHA-256 are 40 bits: among the 16 sets that a replica keeps, two differ in all but one case of
10^10. The version of these semantics enters, because two versions run side by side in an upgrade.
"""

from hashlib import sha256

import msgspec
from msgspec.structs import replace

from webhook.policy.spec import PolicySpec

SEMANTICS = "taxiway/v1 semantics 1"  # another number whenever the same policy decides otherwise
_DIGITS = 10


def revision_of(spec: PolicySpec) -> str:
    """The revision of a set's content; the `revision` it has already does not count."""
    stages = tuple(sorted(spec.stages, key=lambda stage: (stage.namespaces, stage.mode)))
    bare = replace(spec, revision="", stages=stages)
    canonical = msgspec.json.encode(bare, order="deterministic")
    return sha256(SEMANTICS.encode() + b"\0" + canonical).hexdigest()[:_DIGITS]


def with_revision(spec: PolicySpec) -> PolicySpec:
    """The same set, with its revision."""
    return replace(spec, revision=revision_of(spec))
