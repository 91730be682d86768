"""Whose a role is: the index says the same as comparing it with every team's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.kube.pod import Toleration
from webhook.policy.reserved import OWNERS, Given, Reserved, same_role
from webhook.policy.spec import Apply, Iam, Team

ACCOUNTS = ("111111111111", "222222222222")
_last = st.sampled_from(("a", "b", "etl/a", "x/etl/a"))
_arn = st.builds(
    lambda account, name: f"arn:aws:iam::{account}:role/{name}", st.sampled_from(ACCOUNTS), _last
)
role = st.one_of(_arn, _last, _last.map(lambda name: f"/{name}"))


def team(name: str, role: str) -> Team:
    iam = Iam(provider="kube2iam", role=role, workloads=())
    return Team(name=name, apply=Apply(iam=iam))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(roles=st.lists(role, max_size=4), asked=role)
def test_the_owners_of_a_role_are_those_whose_role_is_the_same(
    roles: list[str], asked: str
) -> None:
    index = Reserved(())
    for at, given_role in enumerate(roles):
        index.give(team(f"t{at}", given_role))
    owners = {f"t{at}" for at, given_role in enumerate(roles) if same_role(asked, given_role)}
    assert set(index.role_owners(asked)) == owners
    assert Given([team("x", each).apply or Apply() for each in roles]).gives_role(asked) == bool(
        owners
    )


def test_no_more_owners_are_kept_than_a_message_names() -> None:
    index = Reserved(())
    for at in range(20):
        index.give(team(f"t{at:02}", "shared"))
    assert index.role_owners("shared") == tuple(f"t{at:02}" for at in range(OWNERS))


def test_a_toleration_for_everything_looks_at_few_of_many_keys() -> None:
    """The cost of a request is the same with 10,000 teams."""
    index = Reserved(())
    for at in range(1000):
        tolerations = (Toleration(f"k{at}", "Exists", None, "NoSchedule"),)
        index.give(Team(name=f"t{at}", apply=Apply(tolerations=tolerations)))
    looked_at: list[str] = []

    class Taints(dict):  # type: ignore[type-arg]
        def __getitem__(self, key: str) -> object:
            looked_at.append(key)
            return dict.__getitem__(self, key)

    index.taints = Taints(index.taints)
    own = Given([Apply(tolerations=(Toleration("k0", "Exists"),))])
    assert index.reached_by_all(("", "Exists", "", ""), own) == ("t1",)
    assert looked_at == ["k0", "k1"]
    assert index.reached_by_all(("", "Exists", "", "NoExecute"), own) == ()
    everything = Given([Apply(tolerations=(Toleration(None, "Exists"),))])
    assert index.reached_by_all(("", "Exists", "", ""), everything) == ()
    assert looked_at == ["k0", "k1"]
