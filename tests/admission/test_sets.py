"""One pod is decided by one policy set, whichever replica it meets; and UPDATE."""

from typing import Any

import pytest

from tests.admission.asking import UID, admitted, asked, patch_of, pod, review
from tests.engine.given import Json, engine
from webhook.admission import Answer

APPLIED = "/metadata/annotations/taxiway~1applied"


def wanting(pool: str, *, conflict: str = "deny", **top: Any) -> Any:
    """A set that places payments' pods on this pool."""
    apply = {"nodeSelector": {"pool": pool}, "onConflict": conflict}
    return engine(
        **top,
        teams={
            "payments": {"apply": apply},
            "fraud": {
                "apply": {"tolerations": [{"key": "x", "operator": "Equal", "value": "fraud"}]}
            },
        },
    )


OLD, NEW = wanting("old"), wanting("new")
FREE = engine(teams={"payments": {}})


def by(revision: str, spec: Json | None = None, labels: Json | None = None) -> Json:
    return pod(labels, {"taxiway/applied": f"payments@{revision}"}, spec)


def ends_in_another_try(answer: Answer) -> None:
    headers = {key.decode(): value.decode() for key, value in answer.headers}
    assert answer.status == 503
    assert (headers["retry-after"], headers["connection"]) == ("1", "close")
    assert (answer.record.decision, answer.record.uid) == ("another-set", UID)


def test_a_pod_without_the_annotation_is_decided_by_the_current_set() -> None:
    assert admitted(pod(), NEW, OLD)["spec"]["nodeSelector"] == {"pool": "new"}


def test_both_endpoints_decide_by_the_set_that_the_annotation_names() -> None:
    first = admitted(pod(), OLD)
    _, again = asked("/mutate", review(first), NEW, OLD)
    assert "patch" not in again
    answer, _ = asked("/validate", review(first), NEW, OLD)
    assert (answer.record.decision, answer.record.revision) == ("allowed", OLD.revision)


def test_mutate_without_that_set_replaces_the_annotation() -> None:
    _, response = asked("/mutate", review(by("gone", {"nodeSelector": {"pool": "new"}})), NEW)
    assert patch_of(response) == [
        {"op": "replace", "path": APPLIED, "value": f"payments@{NEW.revision}"}
    ]


@pytest.mark.parametrize("annotation", ["", "@", "payments@", "x", "a@b@gone"])
def test_an_annotation_of_any_shape_names_a_set_that_is_not_here(annotation: str) -> None:
    sent = review(pod(annotations={"taxiway/applied": annotation}))
    answer, response = asked("/mutate", sent, NEW)
    assert answer.record.decision == "patched"
    assert patch_of(response)[-1]["value"] == f"payments@{NEW.revision}"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(by("gone", {"nodeSelector": {"pool": "old"}}), id="a conflict"),
        pytest.param(
            by("gone", {"tolerations": [{"key": "x", "operator": "Exists"}]}), id="reserved"
        ),
    ],
)
def test_mutate_without_that_set_does_not_contradict_it(sent: Json) -> None:
    ends_in_another_try(asked("/mutate", review(sent), NEW)[0])


@pytest.mark.parametrize(
    "top",
    [
        {"requirements": [{"label": "owner"}]},
        {"requirements": [{"label": "team", "values": ["fraud"]}]},
    ],
    ids=["a requirement", "a requirement on the team"],
)
def test_what_is_no_contradiction_is_left_to_validate(top: Json) -> None:
    answer, _ = asked("/mutate", review(by("gone")), wanting("new", **top))
    assert answer.record.decision == "patched"


def test_an_override_is_no_contradiction() -> None:
    sent = review(by("gone", {"nodeSelector": {"pool": "old"}}))
    answer, response = asked("/mutate", sent, wanting("new", conflict="override"))
    assert answer.record.decision == "patched"
    assert patch_of(response)[0]["op"] == "replace"


def test_validate_without_that_set_does_not_deny() -> None:
    ends_in_another_try(asked("/validate", review(by("gone")), NEW)[0])


def test_validate_without_that_set_admits_what_the_current_one_admits() -> None:
    answer, _ = asked("/validate", review(by("gone", {"nodeSelector": {"pool": "new"}})), NEW)
    assert (answer.record.decision, answer.record.revision) == ("allowed", NEW.revision)


@pytest.mark.parametrize(("mode", "decision"), [("warn", "warned"), ("audit", "audited")])
def test_validate_without_that_set_warns_and_records_as_ever(mode: str, decision: str) -> None:
    soft = wanting("new", mode=mode)
    assert asked("/validate", review(by("gone")), soft)[0].record.decision == decision


def test_validate_with_an_older_set_denies_by_it() -> None:
    answer, response = asked("/validate", review(by(OLD.revision)), NEW, OLD)
    assert (response["status"]["code"], answer.record.revision) == (400, OLD.revision)


def test_audit_leaves_the_annotation_as_it_is() -> None:
    _, response = asked("/mutate", review(by("gone")), wanting("new", mode="audit"))
    assert "patch" not in response


def updated(new: Json, old: Json, path: str = "/validate", **request: Any) -> Json:
    return review(new, operation="UPDATE", oldObject=old, **request)


FRAUD = {"tolerations": [{"key": "x", "operator": "Exists"}]}


def test_mutate_answers_update_without_a_patch() -> None:
    answer, response = asked("/mutate", updated(pod(spec=FRAUD), pod()), NEW)
    assert set(response) == {"uid", "allowed", "auditAnnotations"}
    assert (answer.record.decision, answer.record.dag) == ("unchanged", "daily")


def test_update_is_judged_by_the_current_set_whatever_the_annotation_names() -> None:
    old, new = by(OLD.revision), by(OLD.revision, FRAUD)
    answer, response = asked("/validate", updated(new, old), NEW, OLD)
    assert (response["status"]["code"], answer.record.revision) == (400, NEW.revision)
    gone, response = asked("/validate", updated(by("gone", FRAUD), by("gone")), NEW)
    assert (gone.status, response["status"]["code"]) == (200, 400)


def test_an_update_that_changes_nothing_of_ours_is_allowed_though_all_is_missing() -> None:
    answer, response = asked("/validate", updated(pod({"already_checked": "True"}), pod()), NEW)
    assert (response["allowed"], answer.record.decision) == (True, "allowed")
    assert answer.record.violations == ()


def test_taking_the_marker_off_does_not_hide_an_update() -> None:
    new = pod({"kubernetes_pod_operator": None}, spec=FRAUD)
    answer, _ = asked("/validate", updated(new, pod()), NEW)
    assert answer.record.decision == "denied"


def test_an_update_of_a_pod_that_airflow_did_not_make_is_ignored() -> None:
    plain = {"kubernetes_pod_operator": None}
    sent = updated(pod(plain, spec=FRAUD), pod(plain))
    assert asked("/validate", sent, NEW)[0].record.decision == "ignored"
    assert asked("/validate/all", sent, NEW)[0].record.decision == "denied"


@pytest.mark.parametrize(("mode", "decision"), [("warn", "warned"), ("audit", "audited")])
def test_a_softer_mode_softens_an_update_and_no_patch_is_recorded(mode: str, decision: str) -> None:
    sent = updated(pod(spec=FRAUD), pod())
    answer, response = asked("/validate", sent, wanting("new", mode=mode))
    assert response["allowed"]
    assert answer.record.decision == decision
    assert [(each.rule, each.mode) for each in answer.record.violations] == [("reserved", mode)]
    assert tuple(answer.record.operations) == ()
    assert len(response.get("warnings", ())) == (1 if mode == "warn" else 0)


def test_a_set_that_asks_for_nothing_still_says_who_decided() -> None:
    assert admitted(pod({"team": None}), FREE)["metadata"]["annotations"] == {
        "taxiway/applied": f"@{FREE.revision}"
    }
