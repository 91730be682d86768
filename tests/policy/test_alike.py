"""A document that is like one before is read by a plan, and says what its nodes say.

The nodes that the YAML parser gives are the judge. What may not be read by a plan is said as well:
all that has an error, whose place only the nodes know.
"""

from random import Random

import pytest

from webhook.policy.alike import Alike
from webhook.policy.block_style import block_style
from webhook.policy.errors import Problem
from webhook.policy.language import DOCUMENT, Content
from webhook.policy.nodes import compose
from webhook.policy.one_line import Unfit
from webhook.policy.places import Place
from webhook.policy.plans import Planner
from webhook.policy.shapes import Field, Record
from webhook.policy.shapes_json import OrNull
from webhook.policy.shapes_scalar import Text, any_text

SEEDS = 10
DOCUMENTS_A_SEED = 50  # 1,000 documents, 1 s

TEAM = """\
---
apiVersion: taxiway/v1
teams:
  payments:
    contact: '#payments'
    costCenters:
    - CC-1
    - CC-2
    members:
      namespaces: [airflow, "prod-*"]
      dags:
      - payments_*
    apply:
      labels:
        cost-center: CC-1
        tier: "1"
      tolerations:
      - key: dedicated
        operator: Equal
        value: payments
        effect: NoExecute
        tolerationSeconds: 60
      - {key: gpu, operator: Exists}
      nodeSelector: {pool: payments}
      priorityClassName: batch
      container:
        env:
        - name: MODE
          value: fast
        resources:
          requests: {cpu: 500m}
          limits:
            memory: 1Gi
      iam:
        provider: kube2iam
        role: arn:aws:iam::111122223333:role/payments
"""
SAME = {
    "the same document": (),
    "another team": (("  payments:", "  fraud:"), ("'#payments'", "Fraud team")),
    "other quotes": (("'#payments'", '"#payments"'), ('"1"', "'1'")),
    "other things in flow style": (
        ("{pool: payments}", "{pool: a, zone: 'b'}"),
        ("{cpu: 500m}", "{cpu: 1, memory: 512Mi}"),
        ('[airflow, "prod-*"]', "[prod]"),
    ),
    "a comment": (("    members:", "    # who\n    members:"),),
    "a line that is blank": (("    members:", "\n    members:"),),
    "another number": (("60", "120"),),
}
NOT_SO = {
    "another line": ("    - CC-2\n", ""),
    "another indent": (
        "        env:\n        - name: MODE",
        "        env:\n          - name: MODE",
    ),
    "another key": ("priorityClassName", "schedulerName"),
    "a comment behind a value": ("batch", "batch # for now"),
    "a value that a check refuses": ("value: fast", "value: 1"),
    "a mapping that a check refuses": ("memory: 1Gi", "memory: 10m"),
    "a mapping in flow style that a check refuses": ("{cpu: 500m}", "{memory: 2Gi}"),
    "a value twice in a list": ("CC-2", "CC-1"),
    "an empty value": ("value: fast", "value: "),
    "null": ("operator: Equal", "operator: null"),
    "a word that is no string": ("contact: '#payments'", "contact: yes"),
    "a team without a colon": ("  payments:\n", "  payments\n"),
    "a team that is no string": ("  payments:\n", "  on:\n"),
    "a team with an odd name": ("  payments:\n", "  payments.:\n"),
    "two keys on a line": ("batch", "batch: more"),
    "an alias": ("priorityClassName: batch", "priorityClassName: *b"),
    "another version": ("taxiway/v1", "taxiway/v2"),
    "a flow collection that is not closed": ("{pool: payments}", "{pool: payments"),
}


@pytest.fixture(params=(3, 200), ids=("third of its kind", "of a usual kind"))
def alike(request: pytest.FixtureRequest) -> Alike:
    """What knows documents like the team's: after a hundred they are read in another way."""
    alike = Alike()
    for _ in range(request.param):
        alike.read(TEAM)
    return alike


@pytest.mark.parametrize("changes", SAME.values(), ids=SAME)
def test_a_document_alike_says_what_its_nodes_say(
    alike: Alike, changes: tuple[tuple[str, str], ...]
) -> None:
    text = TEAM
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    assert (alike.read(text), ()) == by_nodes(text)


@pytest.mark.parametrize("change", NOT_SO.values(), ids=NOT_SO)
def test_is_left_to_its_nodes(alike: Alike, change: tuple[str, str]) -> None:
    text = TEAM.replace(*change)
    assert text != TEAM
    assert alike.read(text) is None


def test_the_first_two_of_a_kind_are_left_to_their_nodes() -> None:
    alike = Alike()
    assert [alike.read(TEAM) is None for _ in range(4)] == [True, True, False, False]


def test_a_null_is_left_to_the_mapping_around_it_which_may_count_it_as_absent() -> None:
    shape = Record("A", "A.", {"a": Field(OrNull(Text(any_text)), "A.")}, nulls_absent=True)
    root = block_style("a: b")
    assert root is not None
    plan = Planner(("a: ",), frozenset()).whole(shape, root)
    assert plan(("c",)) == {"a": "c"}
    with pytest.raises(Unfit):
        plan(("null",))


GOOD = ("other", "'x'", '"y z"', "z-1", "[a, b]", "{}")
VALUES = (
    *("a", "b c", "'d'", '"e"', "1", "no", "null", "~", "x*", "#z", "'#z'", "[a, b]", "[a, a]"),
    *("{key: a}", "{key: a, key: b}", "[]", "{}", "", "a: b", "a:", "- a", "Equal", "Exists"),
    *("NoSchedule", "500m", "1Gi", "-1", "2026-12-31", "a # b", "[a, [b]]", "{a: {b: c}}", "'"),
)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_values_are_read_as_the_nodes_are_or_left_to_them(alike: Alike, seed: int) -> None:
    random = Random(seed)  # noqa: S311  no secret
    read = 0
    for _ in range(DOCUMENTS_A_SEED):
        text = changed(random)
        content = alike.read(text)
        if content is not None:
            read += 1
            assert (content, ()) == by_nodes(text)
    assert read


def changed(random: Random) -> str:
    """The team with other values on one or two lines, or with a line more or less."""
    lines = TEAM.splitlines(keepends=True)
    for _ in range(random.choice((1, 1, 2))):
        number = random.randrange(1, len(lines))
        head, colon, _ = lines[number].partition(": ")
        if not colon:
            head, colon = lines[number][:6].rstrip("\n"), ""
        lines[number] = f"{head}{colon}{random.choice(random.choice((GOOD, GOOD, VALUES)))}\n"
    if random.random() < 0.1:
        lines.insert(random.randrange(1, len(lines)), random.choice(lines))
    return "".join(lines)


def by_nodes(text: str) -> tuple[Content, tuple[Problem, ...]]:
    root, problems = compose(text)
    assert root is not None
    place = Place((), list(problems))
    content: Content = DOCUMENT.read(root, place)
    return content, tuple(place.problems)
