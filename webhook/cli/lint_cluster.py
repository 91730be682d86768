"""`taxiway lint --cluster`: what of a cluster lint reads, by a person's kubeconfig.

A cluster that cannot be asked at all is bad input, as a directory is that cannot be read. Rights
that are missing leave out a check, and say so.
"""

from pathlib import Path

from webhook.cli.cluster_policies import policies_in, unreadable
from webhook.policy.documents import Cache, parse_documents
from webhook.policy.errors import PolicyWarning
from webhook.policy.inventory import wanted
from webhook.policy.lint_cluster import absent
from webhook.policy.spec import PolicySpec
from webhook.policy.union import gather
from webhook.sources.api_errors import ApiError
from webhook.sources.connection import Connection
from webhook.sources.directory import Files
from webhook.sources.inventory import Cluster


class ClusterLint:
    """One cluster. Its methods raise Unreadable where it cannot be asked."""

    def __init__(self, kubeconfig: Path | None, context: str | None) -> None:
        self._cluster = Cluster(Connection(kubeconfig, context))

    @property
    def unread(self) -> list[str]:
        """What could not be checked, one line each."""
        return [each.message for each in self._cluster.unread]

    @property
    def is_unsure(self) -> bool:
        """Whether any of that would have been more than a hint."""
        return any(not each.is_hint for each in self._cluster.unread)

    def files(self, namespace: str) -> Files:
        """The policies in force there."""
        return policies_in(self._cluster, namespace)

    def warnings(self, files: Files, spec: PolicySpec, cache: Cache) -> tuple[PolicyWarning, ...]:
        """What the policies name and the cluster lacks. They have been loaded with `cache`."""
        try:
            there = self._cluster.inventory(wanted(spec))
        except ApiError as error:
            raise unreadable(error) from error
        documents = (one for name, data in files for one in parse_documents(name, data, cache))
        return absent(gather(documents)[0], there)
