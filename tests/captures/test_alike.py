"""What counts as equal to what Airflow sent, and what does not."""

from typing import Any

import pytest

from tests.captures.alike import differences, without_run

RUN = "manual__2026-11-21T18:35:40.647447+00:00"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        pytest.param(
            {"metadata": {"name": "load-x7k2abcd", "labels": {"run_id": f"{RUN[:20]}-0a1b2c3d4"}}},
            {"metadata": {"name": "load-<random>", "labels": {"run_id": "<run id>"}}},
            id="a name's random end and the run's label",
        ),
        pytest.param(
            {"args": ["--run", RUN, "2026-11-21T18:35:40Z"]},
            {"args": ["--run", "<run id>", "<time>"]},
            id="a run id and a time within text",
        ),
        pytest.param(
            {"args": ['{"id": "01a1ff61-11df-748e-b1cc-eb55973663c8", "token": "eyJh.eyJi.c-_"}']},
            {"args": ['{"id": "<uuid>", "token": "<token>"}']},
            id="a UUID and a token within text",
        ),
        pytest.param(
            {"spec": {"containers": [{"name": "base-x7k2abcd", "image": "a:2026-11"}]}},
            {"spec": {"containers": [{"name": "base-x7k2abcd", "image": "a:2026-11"}]}},
            id="nothing else: not a container's name, nor what is like a date",
        ),
    ],
)
def test_what_another_run_has_otherwise_is_replaced(sent: Any, kept: Any) -> None:
    assert without_run(sent) == kept


@pytest.mark.parametrize(
    ("sent", "rendered", "unknown", "said"),
    [
        pytest.param({"a": {"b": [1]}}, {"a": {"b": [1]}}, {}, [], id="equal objects are equal"),
        pytest.param(
            {"a": {}}, {}, {}, ["/a: sent {}, not rendered"], id="an empty mapping is not absent"
        ),
        pytest.param({}, {"a": 1}, {}, ["/a: rendered 1, not sent"], id="more than was sent"),
        pytest.param({"a": True}, {"a": 1}, {}, ["/a: sent True, rendered 1"], id="true is not 1"),
        pytest.param(
            {"a": [1, 2]},
            {"a": [1]},
            {},
            ["/a: sent [1, 2], rendered [1]"],
            id="a shorter list",
        ),
        pytest.param(
            {"a/b": "x 1"}, {"a/b": "x {{ ds }}"}, {"/a~1b": "x {{ ds }}"}, [], id="it fits"
        ),
        pytest.param(
            {"a": "y 1"},
            {"a": "x {{ ds }}"},
            {"/a": "x {{ ds }}"},
            ["/a: sent 'y 1', which does not fit 'x {{ ds }}'"],
            id="what surrounds an unknown is known",
        ),
        pytest.param(
            {"a": ["x", "y"]},
            {"a": ["what f returns"]},
            {"/a/0": "what f returns"},
            [],
            id="one item in words stands for a whole list",
        ),
        pytest.param(
            {"a": ["x", "y"]},
            {"a": ["{{ ds }}"]},
            {"/a/0": "{{ ds }}"},
            ["/a: sent ['x', 'y'], rendered ['{{ ds }}']"],
            id="one template stands for one item",
        ),
    ],
)
def test_what_is_otherwise_than_what_was_sent_is_said(
    sent: Any, rendered: Any, unknown: dict[str, str], said: list[str]
) -> None:
    assert list(differences(sent, rendered, unknown)) == said
