"""Warnings about a team's service account that counts as absent.

What `clusterDefaults.serviceAccountName` lists counts as what no author wrote, so no pod breaks
`reserved` by it: any pod of the namespace may run with this team's identity.
"""

from collections.abc import Iterator

from webhook.policy.errors import PolicyWarning
from webhook.policy.of_teams import of_teams
from webhook.policy.spec import ClusterDefaults, Team
from webhook.policy.union import Parts


def given_to_all(parts: Parts) -> Iterator[PolicyWarning]:
    single = parts.single.get("cluster_defaults")
    defaults = ClusterDefaults() if single is None else single.value
    for part, name in of_teams(parts, _absent, tuple(defaults.service_account_name)):
        yield part.warning(
            f"`{name}` counts as absent (clusterDefaults), so pods of every team may have it; name "
            "an account of the team's own",
            *("apply", "iam", "serviceAccountName"),
        )


def _absent(team: Team, defaults: tuple[str, ...]) -> Iterator[str]:
    iam = team.apply.iam if team.apply is not None else None
    if iam is not None and iam.service_account_name in defaults:
        yield iam.service_account_name or ""
