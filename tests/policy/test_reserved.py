"""Whose a role is: the index says the same as comparing it with every team's."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.kube.pod import Toleration
from webhook.kube.tolerations import Taint
from webhook.policy.reserved import OWNERS, Given, Owners, Reserved, same_role
from webhook.policy.sharing import Shared
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


def reserved(*teams: Team) -> Reserved:
    """What these teams give, where no profile gives anything."""
    edit = Reserved(Shared(), Given(())).edit()
    for each in teams:
        edit.change(None, each)
    return edit.done(Given(()))


@settings(max_examples=500, deadline=None, derandomize=True)
@given(roles=st.lists(role, max_size=4), asked=role)
def test_the_owners_of_a_role_are_those_whose_role_is_the_same(
    roles: list[str], asked: str
) -> None:
    index = reserved(*(team(f"t{at}", given_role) for at, given_role in enumerate(roles)))
    owners = {f"t{at}" for at, given_role in enumerate(roles) if same_role(asked, given_role)}
    assert set(index.role_owners(asked)) == owners
    assert Given([team("x", each).apply or Apply() for each in roles]).gives_role(asked) == bool(
        owners
    )


def test_no_more_owners_are_told_than_a_message_names() -> None:
    index = reserved(*(team(f"t{at:02}", "shared") for at in range(20)))
    assert index.role_owners("shared") == tuple(f"t{at:02}" for at in range(OWNERS))


def test_a_toleration_for_everything_looks_at_few_of_many_keys() -> None:
    """The cost of a request is the same with 10,000 teams."""
    looked_at: list[str] = []

    class Watched(Reserved):
        def reached(self, taint: Taint, covering: Iterable[Taint]) -> Owners:
            looked_at.append(taint[0])
            return super().reached(taint, covering)

    edit = Watched(Shared(), Given(())).edit()
    for at in range(1000):
        tolerations = (Toleration(f"k{at:03}", "Exists", None, "NoSchedule"),)
        edit.change(None, Team(name=f"t{at:03}", apply=Apply(tolerations=tolerations)))
    made = edit.done(Given(()))
    index = Watched(made.groups, made.profiles)
    own = Given([Apply(tolerations=(Toleration("k000", "Exists"),))])
    assert index.reached_by_all(("", "Exists", "", ""), own) == ("t001",)
    assert looked_at == ["k000", "k001"]
    assert index.reached_by_all(("", "Exists", "", "NoExecute"), own) == ()
    everything = Given([Apply(tolerations=(Toleration(None, "Exists"),))])
    assert index.reached_by_all(("", "Exists", "", ""), everything) == ()
    assert looked_at == ["k000", "k001"]
