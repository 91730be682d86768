"""The pods that two policy sets are compared by: each as the request that brought it.

| from         | a pod is                                   | its user is             | placed? |
|--------------|--------------------------------------------|-------------------------|---------|
| files        | all that `review` takes                    | a controller's, or none | perhaps |
| an audit log | the `requestObject` of a creation: as sent | the request's           | no      |
| a cluster    | one that is there                          | none                    | yes     |

A corpus is read once, a pod at a time.
"""

from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from webhook.cli.subject import Refusal
from webhook.kube.review import AdmissionRequest


class Case(Struct, frozen=True, gc=False):
    """`origin` is where it was read; `govern_all`: as in a namespace `taxiway/govern: all`."""

    origin: str
    request: AdmissionRequest
    govern_all: bool = False


class Corpus(Protocol):
    """`read` and `total` are bytes, for a progress bar; `total` None: it is not known."""

    read: int
    total: int | None
    notes: list[str]  # what a person has to know of it, once it was read

    def cases(self) -> Iterator[Case | Refusal]:
        """Raises Unreadable where nothing can be read at all."""
