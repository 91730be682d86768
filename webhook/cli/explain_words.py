"""The sentences of an explanation: whose pod it is, by which mode, and who let what pass."""

from webhook.cli.places import Places
from webhook.engine.explanation import Explanation
from webhook.engine.ownership import MemberTest
from webhook.names import KUBE_CONTROLLERS
from webhook.policy.spec import Exemption


def team_text(why: Explanation, places: Places) -> str:
    own = why.ownership
    where = f"{own.team} ({places.team(own.team)})" if own.team else "none"
    match own.rule:
        case "label" if own.team:
            return f"{where}: label {own.label_key} names it"
        case "label":
            return f"{where}: label {own.label_key} is {own.label}, which is no team of the policy"
        case "members":
            return f"{where}: there is no label {own.label_key}, and its members alone match"
        case "several":
            return (
                f"{where}: there is no label {own.label_key}, and the members of several teams "
                f"match: {', '.join(own.candidates)}"
            )
    nearly = "; ".join(f"{team} would, but {keys} cannot be tested" for team, keys in own.nearly)
    return (
        f"{where}: there is no label {own.label_key}, and no team's members match"
        f"{f' ({nearly})' if nearly else ''}"
    )


def tested_text(test: MemberTest, why: Explanation) -> str:
    if test.outcome == "cannot be tested":
        return f"cannot be tested: {_untested(test, why)}"
    value = test.value or "(none)"
    if test.outcome == "matches":
        by = [glob for glob in test.globs if glob != test.value]
        return f"{value} matches{f' {by[0]}' if by else ''}"
    return f"{value} matches none of {', '.join(test.globs)}"


def _untested(test: MemberTest, why: Explanation) -> str:
    if test.key == "dags":
        workload = why.decision.workload
        return f"a pod of {workload.kind if workload else 'this kind'} has no dag to go by"
    if test.value is None:
        return "nobody said who creates the pod (--user)"
    return f"{test.value} makes pods for others (controllers, and {KUBE_CONTROLLERS[0]})"


def mode_text(why: Explanation, places: Places) -> str:
    place = places.mode()
    own = f"the policy's own ({place})" if place else "the policy's own, which is the default"
    softer = [stage for stage in why.stages if stage.mode == why.decision.mode]
    if why.decision.mode == why.policy_mode or not softer:
        return f"{why.decision.mode}: {own}"
    stage = softer[0]
    return (
        f"{why.decision.mode}: the stage for namespaces {', '.join(stage.namespaces[:3])} "
        f"({places.stage(stage)}) is softer than {why.policy_mode}, {own}"
    )


def exemption_text(exemption: Exemption, places: Places) -> str:
    until = exemption.expires.isoformat()
    return (
        f"exemption {exemption.name} ({places.exemption(exemption.name)}) until the end of "
        f"{until}, UTC: {exemption.reason}; allowed by {exemption.approved_by}"
    )
