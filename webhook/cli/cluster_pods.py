"""The pods of a cluster as a corpus: also those that have ended, and are still there."""

from collections.abc import Iterator
from pathlib import Path

from webhook.cli.cluster_policies import unreadable
from webhook.cli.corpus import Case
from webhook.cli.objects import creation
from webhook.cli.subject import Defaults, Refusal
from webhook.sources.api_errors import ApiError
from webhook.sources.connection import Connection
from webhook.sources.running import Running

_NOBODY = Defaults()


class ClusterPods:
    """See `Corpus`. `namespaces`: those alone; none is all of them."""

    def __init__(
        self, kubeconfig: Path | None, context: str | None, namespaces: tuple[str, ...]
    ) -> None:
        self._running = Running(Connection(kubeconfig, context), namespaces)
        self.read = 0
        self.total: int | None = None
        self.notes: list[str] = []

    def cases(self) -> Iterator[Case | Refusal]:
        running = self._running
        try:
            governed = running.governed()
            for pod in running.pods(with_ended=True):
                request = creation(pod, _NOBODY)
                yield Case("the cluster", request, request.namespace in governed)
        except ApiError as error:
            raise unreadable(error) from error
        yield from (Refusal("the cluster", line) for line in running.unread)
