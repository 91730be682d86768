"""Members by their index are the same as by asking every team."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.airflow.ids import safe_label_value
from webhook.policy.members import CompiledMembers, MembersEdit, MembersIndex
from webhook.policy.spec import Apply, Iam, Members, Team
from webhook.policy.values import Facts

NAMES = [f"team-{letter}" for letter in "abcdef"]
ACCOUNT = "system:serviceaccount:air:sa"
_perhaps = st.none() | st.lists(
    st.sampled_from(("air", "data", "a*", "*", "d?ta")), min_size=1, max_size=2
).map(tuple)
_users = st.none() | st.lists(
    st.sampled_from((ACCOUNT, "alice", "system:serviceaccount:air:*", "a*")), min_size=1, max_size=2
).map(tuple)
_iam = st.sampled_from((None, Iam(provider="irsa", service_account_name="sa", workloads=())))


@st.composite
def teams(draw: st.DrawFn) -> list[Team]:
    found = []
    for name in NAMES[: draw(st.integers(1, 6))]:
        members = Members(namespaces=draw(_perhaps), dags=draw(_perhaps), users=draw(_users))
        given = any(key is not None for key in (members.namespaces, members.dags, members.users))
        apply = Apply(iam=draw(_iam))
        found.append(Team(name=name, members=members if given else None, apply=apply))
    return found


facts = st.builds(
    Facts,
    workload=st.just("pod-operator"),
    namespace=st.sampled_from(("air", "data", "x")),
    labels=st.just({}),
    dag=st.sampled_from((None, "air", "data")),
    user=st.sampled_from((None, "alice", ACCOUNT, "system:serviceaccount:other:sa")),
)
UNTESTED = st.sampled_from(
    [
        frozenset(key for key, out in zip(("dags", "users"), left_out, strict=True) if out)
        for left_out in product((False, True), repeat=2)
    ]
)


def index_of(every: list[Team]) -> MembersIndex:
    edit = MembersEdit(MembersIndex())
    for team in every:
        edit.count(None, team)
    while edit.file(2):
        pass
    return edit.done({team.name: team for team in every})


@settings(max_examples=200, deadline=None, derandomize=True)
@given(every=teams(), asked=facts, untested=UNTESTED)
def test_the_index_finds_whom_a_scan_finds(
    every: list[Team], asked: Facts, untested: frozenset[str]
) -> None:
    scanned = []
    near = []
    for team in every:
        if team.members is None:
            continue
        members = CompiledMembers(team)
        left_out = members.given() & untested
        if members.failing(asked, untested):
            continue
        if not left_out:
            scanned.append(team.name)
        elif members.given() - untested:
            near.append((team.name, " and ".join(sorted(left_out))))
    index = index_of(every)
    assert index.matching(asked, untested) == tuple(scanned[:4])
    assert index.nearly(asked, untested) == tuple(near[:3])


def test_a_team_without_members_has_none() -> None:
    index = index_of([Team(name="a"), Team(name="b", members=Members(dags=("x",)))])
    assert index.of("a") is None
    assert index.of("nobody") is None
    assert index.of("b") is not None


def test_an_exact_dag_counts_in_the_form_of_its_label_and_a_glob_as_it_is() -> None:
    team = Team(name="a", members=Members(dags=("my dag", "x *")))
    for dag, matches in (
        ("my dag", True),
        (safe_label_value("my dag"), True),
        ("x y", True),
        (safe_label_value("x y"), False),
        ("mydag", False),
    ):
        facts_of_dag = Facts("pod-operator", "air", {}, dag=dag)
        assert (index_of([team]).matching(facts_of_dag, frozenset()) == ("a",)) == matches
