"""Whether a policy set asks who sends a request: without a request that cannot be tested."""

from webhook.policy.spec import PolicySpec


def names_users(spec: PolicySpec) -> bool:
    matches = [
        *(profile.match for profile in spec.profiles),
        *(exemption.match for exemption in spec.exemptions),
        *(requirement.match for requirement in spec.requirements if requirement.match),
    ]
    teams = spec.teams.values()
    return any(match.users for match in matches) or any(
        team.members and team.members.users for team in teams
    )
