"""A load that remembers the one before says what a load that remembers nothing says.

Files are edited by chance, out of documents that go well together and documents that do not: the
set, its revision, every warning and every error have to be the same, places included.
"""

from datetime import date
from random import Random

import pytest

from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import Loaded, load

TODAY = date(2026, 6, 1)
STEPS = 40
NAMES = tuple("abcdefghijklmnopqrstuvwxyz")
# What follows a team's name: each is without fault, or makes some warning or error in some set.
TEAMS = (
    "{}",
    "{contact: us, costCenters: [CC-1]}",
    "{members: {dags: ['*_all']}}",
    "{apply: {labels: {cost-center: CC-2}}, costCenters: [CC-1]}",
    "{apply: {labels: {owner: x}}}",
    "{apply: {tolerations: [{key: dedicated, value: a}], priorityClassName: high}}",
    "{members: {dags: [d]}, apply: {tolerations: [{key: dedicated, operator: Exists}]}}",
    "{apply: {tolerations: [{operator: Exists}]}}",
    "{apply: {nodeSelector: {pool: a}, affinity: {nodeAffinity: {requiredDuringScheduling"
    "IgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, "
    "values: [b]}]}]}}}}}",
)
# Errors hide all warnings, so they are seldom: the one is found in a document, the other in a set.
BAD_TEAMS = ("{contact: [1]}", "{apply: {labels: {team: x}}}")
OTHERS = (
    "requirements: [{label: cost-center, from: team.costCenters}]",
    "requirements: [{label: cost-center, values: [CC-1]}, {label: team, values: [a, b]}]",
    "profiles: {p: {match: {teams: [a]}, apply: {priorityClassName: low}}}",
    "profiles: {q: {match: {}, apply: {tolerations: [{key: dedicated, operator: Exists}]}}}",
    "labels: {team: owner}",
    "mode: warn",
    "exemptions: [{name: e, match: {dags: ['*x']}, waives: [team], reason: r, approvedBy: b, "
    "expires: 2026-06-05}]",
    "# nothing",
)
BAD_OTHERS = ("teams: {a: {", "profiles: {p: {match: {teams: [nobody]}, apply: {}}}")


def document(random: Random) -> str:
    is_bad = random.random() < 0.05
    if random.random() < 0.2:
        return random.choice(BAD_OTHERS if is_bad else OTHERS)
    names = random.sample(NAMES, random.choice((1, 1, 1, 2)))
    kinds = BAD_TEAMS if is_bad else TEAMS
    teams = "".join(f"\n  {name}: {random.choice(kinds)}" for name in names)
    return f"teams:{teams}"


def edited(random: Random, files: dict[str, list[str]]) -> dict[str, list[str]]:
    """The same files, but for a document that came, went, changed or moved."""
    made = {name: list(documents) for name, documents in files.items()}
    documents = made[random.choice(sorted(made))]
    if documents and random.random() < 0.6:
        gone = documents.pop(random.randrange(len(documents)))
        if random.random() < 0.3:
            made[random.choice(sorted(made))].append(gone)
    if random.random() < 0.6:
        documents.insert(random.randint(0, len(documents)), document(random))
    return made


def said(files: dict[str, list[str]], cache: Cache | None) -> tuple[Loaded | None, str]:
    given = [
        (name, "".join(f"---\napiVersion: taxiway/v1\n{each}\n" for each in documents).encode())
        for name, documents in files.items()
    ]
    try:
        return load(given, today=TODAY, cache=cache), ""
    except PolicyErrors as errors:
        return None, str(errors)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_remembered_changes_nothing_that_is_said(seed: int) -> None:
    random = Random(seed)  # noqa: S311  edits, no secrets
    files: dict[str, list[str]] = {
        "one.yaml": ["teams: {a: {costCenters: [CC-1]}}"],
        "two.yaml": [],
        "three.yaml": [],
    }
    cache: Cache = {}
    for _ in range(STEPS):
        files = edited(random, files)
        assert said(files, cache) == said(files, None)
