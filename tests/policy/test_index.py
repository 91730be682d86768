"""The index finds every entry that holds, in order, and few others."""

from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.policy.index import Index
from webhook.policy.spec import Match
from webhook.policy.values import CompiledMatch, Facts

GLOBS = ("a", "ab", "abc", "a*", "ab?", "*", "?b", "*c", "b")
VALUES = ("a", "ab", "abc", "b", "bb", "c", "")
_globs = st.lists(st.sampled_from(GLOBS), max_size=2).map(tuple)
_given = st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2).map(tuple)


@st.composite
def match(draw: st.DrawFn) -> Match:
    return Match(
        workloads=draw(_globs),
        namespaces=draw(_globs),
        labels=draw(st.dictionaries(st.sampled_from(("x", "y")), _given, max_size=2)),
        dags=draw(_globs),
        teams=draw(_globs),
        users=draw(_globs),
    )


_value = st.sampled_from(VALUES)
_perhaps = st.none() | _value
facts = st.builds(
    Facts,
    workload=_value,
    namespace=_value,
    labels=st.dictionaries(st.sampled_from(("x", "y", "z")), _value),
    dag=_perhaps,
    team=_perhaps,
    user=_perhaps,
)


def holding(entries: list[Match], asked: Facts) -> list[int]:
    return [at for at, entry in enumerate(entries) if CompiledMatch(entry).holds(asked)]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(entries=st.lists(match(), max_size=6), asked=facts)
def test_no_entry_that_holds_is_missed_and_their_order_is_kept(
    entries: list[Match], asked: Facts
) -> None:
    found = list(Index((entry, at) for at, entry in enumerate(entries)).candidates(asked))
    assert found == sorted(set(found))
    assert [at for at in found if at in holding(entries, asked)] == holding(entries, asked)


def test_the_cost_does_not_grow_with_the_entries() -> None:
    """Each of 1,000 teams has its own dags, all share a namespace: that one narrows nothing."""
    entries = [(Match(namespaces=("airflow",), dags=(f"team{at}_*",)), at) for at in range(1000)]
    asked = Facts("pod-operator", "airflow", {}, dag="team7_daily")
    assert list(Index(entries).candidates(asked)) == [7]


def test_an_exact_dag_is_found_by_what_its_label_has_of_it() -> None:
    entry = Match(dags=("my dag",))
    asked = Facts("pod-operator", "airflow", {}, dag="mydag-40365f84e")
    assert list(Index([(entry, "found")]).candidates(asked)) == ["found"]
    assert CompiledMatch(entry).holds(asked)
