"""A change of one ConfigMap, judged by the live set and by the planned one as they would be."""

from datetime import date

import pytest

from webhook.policy.documents import Cache
from webhook.policy.load import load
from webhook.policy.question import Change, PolicyFiles, Verdict
from webhook.sources.composing import live_files
from webhook.sources.judge import Judge, Stored
from webhook.sources.mirror import Annotations, ConfigMap, Labels, ObjectMeta, State

TODAY = date(2026, 12, 20)
HEAD = "apiVersion: taxiway/v1\n"
X = f"{HEAD}teams: {{x: {{}}}}\n"
Y = f"{HEAD}teams: {{y: {{}}}}\n"
FOR_X = f"{HEAD}profiles: {{p: {{match: {{teams: [x]}}, apply: {{}}}}}}\n"
UNKNOWN = f"{HEAD}temas: {{}}\n"
WAIVER = (
    f"{HEAD}exemptions: [{{name: e, match: {{dags: [d]}}, waives: [tier], reason: r, "
    "approvedBy: m, expires: 2027-12-31}]\n"
)
UNKNOWN_WAIVER = (
    "b/q.yaml:2:53: exemptions[0].waives[0]: `tier` is no rule, and no requirement names it as a "
    "label; there is conflict, membership, not-applied, requirement, reserved, size, team"
)
A_UNKNOWN = "a/p.yaml:2:1: temas: unknown key; did you mean `teams`?"
NO_X = (
    "b/p.yaml:2:32: profiles.p.match.teams[0]: there is no team `x`; add the team, or correct the "
    "name"
)
NO_X_IN_B_Q = NO_X.replace("b/p.yaml", "b/q.yaml")


def live(text: str, key: str = "p.yaml") -> PolicyFiles:
    return PolicyFiles("live", {key: text})


def shadow(text: str, key: str = "p.yaml", shadows: str | None = None) -> PolicyFiles:
    return PolicyFiles("shadow", {key: text}, None, shadows)


def stored(**items: PolicyFiles) -> State:
    """These ConfigMaps; `a` is the one that is changed."""
    return State(
        {
            name: ConfigMap(
                ObjectMeta(
                    "1", name, labels=Labels(files.label), annotations=Annotations(files.shadows)
                ),
                files.data,
                files.binary_data,
            )
            for name, files in items.items()
        },
        "1",
    )


def judged(before: PolicyFiles | None, after: PolicyFiles | None, **others: PolicyFiles) -> Verdict:
    """What is said of a change of ConfigMap `a` beside these."""
    given = {} if before is None else {"a": before}
    change = Change("taxiway", "a", before, after)
    return Judge({}).verdict(change, Stored("taxiway", stored(**given, **others)), TODAY)


STILL_LIVE = "the last good policies stay in force as long as there is an error: "
STILL_PLANNED = "what is planned cannot be tried as long as there is an error: "
CASES: dict[str, tuple[PolicyFiles | None, PolicyFiles | None, dict[str, PolicyFiles], Verdict]] = {
    "a good live one": (None, live(X), {"b": live(Y)}, Verdict()),
    "a bad live one": (None, live(UNKNOWN), {"b": live(Y)}, Verdict((A_UNKNOWN,))),
    "a live one that takes away what another needs": (
        live(X),
        None,
        {"b": live(FOR_X)},
        Verdict((NO_X,)),
    ),
    "a live one that loses the label, which is the same": (
        live(X),
        None,
        {"b": live(FOR_X)},
        Verdict((NO_X,)),
    ),
    "a live one beside a broken one": (
        live(X),
        live(Y),
        {"b": live(UNKNOWN)},
        Verdict((), (STILL_LIVE + A_UNKNOWN.replace("a/", "b/"),)),
    ),
    "a live one that mends what hid the error of another": (
        live(f"{HEAD}teams: [\n"),
        live(Y),
        {"b": live(FOR_X)},
        Verdict((), (STILL_LIVE + NO_X,)),
    ),
    "a live one whose keys change that are no policy": (
        PolicyFiles("live", {"p.yaml": UNKNOWN, "README": "old"}),
        PolicyFiles("live", {"p.yaml": UNKNOWN, "README": "new"}),
        {},
        Verdict(),
    ),
    "a live one that the planned set needs": (
        live(X),
        live(Y),
        {"b": shadow(FOR_X, "q.yaml")},
        Verdict((), (STILL_PLANNED + NO_X_IN_B_Q,), ("x",)),
    ),
    "a good shadow": (None, shadow(Y, "q.yaml"), {"b": live(X)}, Verdict()),
    "a bad shadow": (None, shadow(UNKNOWN), {"b": live(X)}, Verdict((A_UNKNOWN,))),
    "a shadow that takes a live key's place, and with it what another needs": (
        None,
        shadow(Y),
        {"b": live(FOR_X, "q.yaml"), "c": live(X)},
        Verdict((NO_X_IN_B_Q,)),
    ),
    "a shadow of a live one that is not there": (
        None,
        shadow(Y, "q.yaml", "c"),
        {"b": live(X)},
        Verdict(
            (
                "a:1:1: there is no live ConfigMap c, which the annotation taxiway/shadows names: "
                "name one with the label taxiway/policy=live",
            )
        ),
    ),
    "a live one that becomes a shadow, so that nothing is live": (
        live(X),
        shadow(X),
        {},
        Verdict(
            (
                "policies:1:1: no policy document: write one that begins with apiVersion: "
                "taxiway/v1 (that line alone is a policy that asks for nothing)",
            )
        ),
    ),
    "a shadow that becomes live": (
        shadow(Y, "q.yaml"),
        live(Y, "q.yaml"),
        {"b": live(X)},
        Verdict(),
    ),
    "a shadow that becomes live, and is bad in both": (
        shadow(X, "q.yaml"),
        live(UNKNOWN),
        {"b": live(Y, "q.yaml")},
        Verdict((A_UNKNOWN,)),
    ),
    "a shadow that mends what hid an error of the live set": (
        shadow(f"{HEAD}requirements: [{{lable: tier}}]\n"),
        shadow(f"{HEAD}requirements: [{{label: size}}]\n"),
        {"b": live(WAIVER, "q.yaml")},
        Verdict((), (STILL_PLANNED + UNKNOWN_WAIVER,)),
    ),
    "the last shadow, deleted": (shadow(Y), None, {"b": live(X)}, Verdict()),
}


@pytest.mark.parametrize(("before", "after", "others", "verdict"), CASES.values(), ids=CASES)
def test_the_verdict_on(
    before: PolicyFiles | None,
    after: PolicyFiles | None,
    others: dict[str, PolicyFiles],
    verdict: Verdict,
) -> None:
    assert judged(before, after, **others) == verdict


NOT_JUDGED: dict[str, tuple[Stored | None, str]] = {
    "policies are read from a directory": (
        None,
        "policies are read from a directory here, so this ConfigMap has no effect",
    ),
    "policies are read from another namespace": (
        Stored("elsewhere", stored(b=live(X))),
        "policies are read from namespace elsewhere, so this ConfigMap has no effect",
    ),
    "nothing has been read yet": (
        Stored("taxiway", State()),
        "the ConfigMaps of namespace taxiway have not been read yet; apply it once more",
    ),
}


@pytest.mark.parametrize(("known", "reason"), NOT_JUDGED.values(), ids=NOT_JUDGED)
def test_there_is_no_verdict_where(known: Stored | None, reason: str) -> None:
    change = Change("taxiway", "a", None, live(UNKNOWN))
    assert Judge({}).verdict(change, known, TODAY) == Verdict(unchecked=reason)


def test_what_may_be_old_is_said() -> None:
    known = Stored("taxiway", stored(b=live(X)), "HTTP 403 Forbidden")
    found = Judge({}).verdict(Change("taxiway", "a", None, live(Y)), known, TODAY)
    assert found == Verdict(
        warnings=("it was held against what was stored before: HTTP 403 Forbidden",)
    )


def test_what_the_mirror_does_not_know_yet_of_the_changed_one_makes_no_difference() -> None:
    """The request says what is stored of it: the watch may be a moment behind."""
    change = Change("taxiway", "a", live(X), live(Y))
    known = Stored("taxiway", stored(a=live(UNKNOWN), b=live(FOR_X)))
    assert Judge({}).verdict(change, known, TODAY) == Verdict((NO_X,))


def test_the_loaders_documents_are_neither_added_to_nor_dropped() -> None:
    documents: Cache = {}
    state = stored(a=live(X), b=live(Y))
    load(live_files(state), cache=documents)
    before = dict(documents)
    judge = Judge(documents)
    judge.verdict(Change("taxiway", "a", live(X), live(UNKNOWN)), Stored("taxiway", state), TODAY)
    assert documents == before


def test_what_a_set_said_when_it_was_loaded_is_not_asked_again() -> None:
    """Told that `a` had a team that it has not: so it was not read again."""
    state = stored(a=live(X), b=live(HEAD))
    judge = Judge({})
    said = load((("a/p.yaml", Y.encode()),), today=TODAY)
    judge.know(live_files(state), TODAY, said)
    change = Change("taxiway", "a", live(X), live(X + "\n"))
    assert judge.verdict(change, Stored("taxiway", state), TODAY) == Verdict(gone=("y",))
