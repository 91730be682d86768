"""Whatever is given for review is either found to be pods or refused in one line.

`TAXIWAY_FUZZ_REVIEW` is the number of examples for each property.
"""

import json
import os
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from webhook.cli.diff import pod_diff
from webhook.cli.documents import DocumentError, read_documents
from webhook.cli.objects import pods_in
from webhook.cli.spark import PATHS
from webhook.cli.subject import Defaults, Refusal
from webhook.cli.templates import TEMPLATES

COUNT = int(os.environ.get("TAXIWAY_FUZZ_REVIEW", "100"))
KINDS = ["Pod", "List", "PodList", "AdmissionReview", *TEMPLATES, *PATHS]
KEYS = [
    *("metadata", "name", "generateName", "namespace", "labels", "ownerReferences"),
    *("spec", "template", "jobTemplate", "containers", "env", "args", "kind", "items"),
    *("request", "object", "oldObject", "userInfo", "driver", "executor", "imagePullSecrets"),
]

scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    """An object of a kind that is taken, with anything at all where its parts should be."""
    versions = ["v1", "batch/v1", "apps/v1", "admission.k8s.io/v1", "sparkoperator.k8s.io/v1"]
    whole = draw(st.dictionaries(st.sampled_from(KEYS), values, max_size=6))
    return whole | {
        "kind": draw(st.sampled_from(KINDS)),
        "apiVersion": draw(st.sampled_from(versions) | scalars),
    }


@settings(max_examples=COUNT, deadline=None)
@given(objects() | values)
def test_every_object_gives_pods_or_a_reason_in_one_line(value: Any) -> None:
    for found in pods_in(value, "f:1", Defaults()):
        if isinstance(found, Refusal):
            assert len(str(found).splitlines()) == 1
        else:
            json.dumps(found.raw)


@settings(max_examples=COUNT, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet="{}[]:,-&*!|>'\"#%@? \n\tabe01.", max_size=60))
def test_every_text_gives_documents_or_a_reason(text: bytes | str) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    reason = "none"
    try:
        for line, value in read_documents(data):
            assert line >= 1
            json.dumps(value, allow_nan=False)
    except DocumentError as error:
        reason = str(error)
    assert len(reason.splitlines()) == 1


@settings(max_examples=COUNT, deadline=None)
@given(st.dictionaries(st.text(max_size=3), values), st.dictionaries(st.text(max_size=3), values))
def test_any_two_objects_have_a_diff_and_equal_ones_an_empty_one(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert pod_diff(before, before) == []
    for line in pod_diff(before, after):
        assert line.sign in " +-"
