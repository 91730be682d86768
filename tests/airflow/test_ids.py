"""The expected values were made by Airflow's own functions: `make_safe_label_value` of
cncf.kubernetes 10.25.0 and of core 1.10.15, which agree.
"""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.airflow.ids import safe_label_value

LABEL_VALUE = re.compile(r"[a-zA-Z0-9_.-]{0,63}")

VECTORS = {
    "an id that fits stays as it is": ("payments_daily", "payments_daily"),
    "an empty id stays empty": ("", ""),
    "63 characters still fit": ("a" * 63, "a" * 63),
    "64 characters are cut to 53 and the digest": ("a" * 64, "a" * 53 + "-014842d48"),
    "the cut is blind to what stands there": ("x" + "-" * 70 + "y", "x" + "-" * 52 + "-4683ed96c"),
    "a run's id is never left alone": (
        "scheduled__2026-01-02T03:00:00+00:00",
        "scheduled__2026-01-02T0300000000-226ad2935",
    ),
    "a manual run's id neither": (
        "manual__2026-01-02T03:04:05.678901+00:00",
        "manual__2026-01-02T030405.6789010000-f360bd12f",
    ),
    "a leading underscore goes": ("_leading", "leading-668dc1710"),
    "a trailing dot goes": ("trailing.", "trailing-0ae290b9d"),
    "a space goes": ("a b", "ab-0cc9cd4dd"),
    "a newline goes": ("load\n", "load-3593a7462"),
    "a letter with an accent goes": ("données", "donnes-15df87044"),
    "an accent at the end takes the underscore before it along": ("a_é", "a-2881d53f1"),
    "digits of another script are no digits": ("١٢٣", "-ed48ddff3"),
    "a Roman numeral sign is no letter": ("Ⅷa", "a-99c2201b4"),
    "of an id in another script only the digest is left": ("日次", "-29589a154"),
    "of punctuation alone too": ("-.-", "-8eaca9361"),
}


@pytest.mark.parametrize(("identifier", "label"), VECTORS.values(), ids=VECTORS.keys())
def test_an_id_becomes_the_label_that_airflow_gives_it(identifier: str, label: str) -> None:
    assert safe_label_value(identifier) == label


@given(st.text())
def test_no_id_becomes_more_than_a_label_can_hold(identifier: str) -> None:
    assert LABEL_VALUE.fullmatch(safe_label_value(identifier))


@given(st.text())
def test_an_id_is_either_kept_or_marked_by_its_digest(identifier: str) -> None:
    label = safe_label_value(identifier)
    assert label == identifier or re.search(r"-[0-9a-f]{9}\Z", label)
