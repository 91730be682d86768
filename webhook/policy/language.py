"""A policy document, whole: every key that `taxiway/v1` has, and what each may hold.

What one document can tell of itself is checked here; what only the whole set can tell (a team
named twice, a match for a team that does not exist) is `union` and `references`.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from msgspec import Struct

from webhook import names
from webhook.policy import limits
from webhook.policy.kubernetes_names import (
    LABEL_KEY,
    dns_name,
    filled_label_value,
    label_key,
)
from webhook.policy.language_apply import APPLY
from webhook.policy.language_match import MATCH, MEMBERS
from webhook.policy.language_words import (
    LINE,
    MODE,
    glob,
    listed,
    namespace_glob,
    pattern,
    url,
)
from webhook.policy.nodes import Mapping
from webhook.policy.places import BAD, Json, Place
from webhook.policy.shapes import Field, ListOf, MapOf, OrNothing, Record
from webhook.policy.shapes_scalar import Choice, Day, Text
from webhook.policy.spec import (
    Apply,
    ClusterDefaults,
    Exemption,
    LabelKeys,
    Match,
    Profile,
    Requirement,
    Stage,
    Team,
)

VERSION = "taxiway/v1"
COST_CENTERS = "team.costCenters"


class Content(Struct, frozen=True, kw_only=True):
    """What one document says. Requirements, stages, profiles, teams and exemptions may be BAD;
    profiles and exemptions are made in part where they have problems."""

    labels: LabelKeys | None = None
    mode: str | None = None
    docs: str | None = None
    controllers: tuple[str, ...] | None = None
    cluster_defaults: ClusterDefaults | None = None
    requirements: tuple[Requirement, ...] = ()
    stages: tuple[Stage, ...] = ()
    profiles: dict[str, Profile] = {}
    teams: dict[str, Team] = {}
    exemptions: tuple[Exemption, ...] = ()


def sound_teams(content: Content) -> Iterator[Team]:
    """The teams of a document in which no problem was found."""
    return (team for team in content.teams.values() if team is not BAD)


_LABEL_KEY = Text(label_key, LABEL_KEY)
_NAME = Text(filled_label_value)


def _our_label(key: str) -> str | None:
    """A label key that pods may be asked to carry: not one that Airflow or Taxiway writes."""
    if key in names.AIRFLOW_OWN_LABELS or key.startswith("taxiway/"):
        return f"`{key}` is written by Airflow or Taxiway itself; choose another key"
    return label_key(key)


def _check_labels(given: Json, node: Mapping, at: Place) -> None:
    keys = LabelKeys(**given)
    if keys.team == keys.cost_center:
        at.report(node, f"team and costCenter are both `{keys.team}`; they must differ")


def _check_requirement(_: Json, node: Mapping, at: Place) -> None:
    ways = [key for key in ("values", "pattern", "from") if key in node.pairs]
    if len(ways) > 1:
        said = f"stands beside {ways[0]}; keep one of {', '.join(ways)}"
        (at / ways[1]).report(node.pairs[ways[1]][0], said)


def _requirement(cost_centers: str | None = None, **given: Any) -> Requirement:
    return Requirement(**given, cost_centers=cost_centers is not None)


def _team(name: str, given: Json) -> Team:
    return Team(name=name, **given)


# Profiles and exemptions are made even of parts that are wrong: what they name elsewhere, and that
# they are there twice, is told at once. The set that they are in is refused all the same.
def _profile(name: str, given: Json) -> Profile:
    return Profile(name=name, **{"match": Match(), "apply": Apply(), **given})


def _exemption(**given: Any) -> Exemption:
    parts: Json = {"name": "", "match": Match(), "waives": (), "expires": date.max}
    return Exemption(**{**parts, "reason": "", "approved_by": "", **given})


def _content(**given: Any) -> Content:
    return Content(**{key: value for key, value in given.items() if key != "apiVersion"})


_LABELS = Record(
    "Labels",
    "The label keys in use.",
    {
        "team": Field(Text(_our_label, LABEL_KEY), "Whose pod it is.", default="team"),
        "costCenter": Field(
            Text(_our_label, LABEL_KEY), "Who pays.", attribute="cost_center", default="cost-center"
        ),
    },
    LabelKeys,
    _check_labels,
)
_DEFAULTS = Record(
    "ClusterDefaults",
    "Values that count as absent, because the cluster writes them where the author wrote none.",
    {
        key: Field(
            ListOf(Text(dns_name), limits.WAIVES),
            f"Values of {key}.",
            attribute=attribute,
            default=default,
        )
        for key, attribute, default in (
            ("serviceAccountName", "service_account_name", ["default"]),
            ("schedulerName", "scheduler_name", ["default-scheduler"]),
            ("priorityClassName", "priority_class_name", []),
            ("runtimeClassName", "runtime_class_name", []),
        )
    },
    ClusterDefaults,
)
_REQUIREMENT = Record(
    "Requirement",
    "A label that governed pods must carry, not empty, and as one of values, pattern, from says.",
    {
        "label": Field(_LABEL_KEY, "The label's key.", required=True),
        "values": Field(listed(filled_label_value, limits.VALUES), "Values allowed."),
        "pattern": Field(Text(pattern), "RE2, searched for in the value; anchor it with ^ and $."),
        "from": Field(
            Choice((COST_CENTERS,)), "One of the codes of the pod's team.", attribute="cost_centers"
        ),
        "mode": Field(MODE, "Softer than the rest of the policy, for this requirement."),
        "match": Field(MATCH, "Which pods. Left out: all."),
        "message": Field(LINE, "What a denial says instead of Taxiway's own words."),
    },
    _requirement,
    _check_requirement,
)
_STAGE = Record(
    "Stage",
    "A softer mode for some namespaces, while rolling out.",
    {
        "namespaces": Field(listed(namespace_glob), "Namespaces, by name or glob.", required=True),
        "mode": Field(MODE, "How hard: enforce, warn or audit.", required=True),
    },
    Stage,
)
_PROFILE = Record(
    "Profile",
    "What a label means, for any team.",
    {
        "match": Field(MATCH, "Which pods; {} is every pod.", required=True),
        "apply": Field(APPLY, "What they get.", required=True),
    },
    partial=True,
)
_TEAM = Record(
    "Team",
    "A team. All keys are optional.",
    {
        "contact": Field(LINE, "Whom a denied author should ask."),
        "costCenters": Field(
            ListOf(_NAME, limits.COST_CENTERS, key=str),
            "The codes the team may spend on.",
            attribute="cost_centers",
        ),
        "members": Field(MEMBERS, "Who is of the team. Left out: whoever carries its label."),
        "apply": Field(APPLY, "What its pods get."),
    },
)
_EXEMPTION = Record(
    "Exemption",
    "Some rules waived for some pods, until a day.",
    {
        "name": Field(_NAME, "A name for it.", required=True),
        "match": Field(MATCH, "Which pods.", required=True),
        "waives": Field(
            listed(label_key, limits.WAIVES),
            "Required labels, or rules: " + ", ".join(names.RULES) + ".",
            required=True,
        ),
        "reason": Field(LINE, "Why.", required=True),
        "approvedBy": Field(LINE, "Who allowed it.", required=True, attribute="approved_by"),
        "expires": Field(Day(), "The last day it holds, UTC.", required=True),
    },
    _exemption,
    partial=True,
)
DOCUMENT = Record(
    "Policy",
    "A policy document. A policy set is the union of all documents of all files.",
    {
        "apiVersion": Field(Choice((VERSION,)), f"Write apiVersion: {VERSION}", required=True),
        "labels": Field(_LABELS, "The label keys in use."),
        "mode": Field(MODE, "How hard the whole policy is.", default="enforce"),
        "docs": Field(Text(url), "An address that every denial prints."),
        "controllers": Field(
            listed(glob, limits.CONTROLLERS), "User names or globs of who creates pods for others."
        ),
        "clusterDefaults": Field(
            _DEFAULTS, "What the cluster fills in by itself.", attribute="cluster_defaults"
        ),
        "requirements": Field(
            ListOf(_REQUIREMENT, limits.REQUIREMENTS, partial=True), "What pods must carry."
        ),
        "stages": Field(ListOf(_STAGE, limits.STAGES, partial=True), "Softer modes by namespace."),
        "profiles": Field(
            MapOf(_PROFILE, limits.PROFILES, filled_label_value, build=_profile, partial=True),
            "Profiles, by name.",
        ),
        "teams": Field(
            MapOf(OrNothing(_TEAM), limits.TEAMS, filled_label_value, build=_team, partial=True),
            "Teams, by name, which is the value of the team label.",
        ),
        "exemptions": Field(
            ListOf(_EXEMPTION, limits.EXEMPTIONS, partial=True), "Rules waived until a day."
        ),
    },
    _content,
    partial=True,
)
