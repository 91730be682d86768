"""A patch of ours that does not fit is our own bug, and its report must not hold the pod."""

import pytest

from webhook.cli.verdict import PatchFailed, patched


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "/metadata/labels/team", "value": "payments"},
        {"op": "replace", "path": "/spec/nodeName", "value": "a"},
        {"op": "test", "path": "/spec/args", "value": "b"},
    ],
    ids=["its parent is missing", "there is nothing to replace", "it holds something else"],
)
def test_a_patch_that_does_not_fit(operation: dict[str, str]) -> None:
    with pytest.raises(PatchFailed) as failed:
        patched({"spec": {"args": "SENTINEL"}}, [operation])
    assert str(failed.value) == (
        "the patch for this pod cannot be applied; that is a bug of Taxiway: report it"
    )
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__
