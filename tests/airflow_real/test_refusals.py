"""Where in a task's log a refusal is found, as Airflow 3 and 2.10 write it."""

import json

import pytest

from tests.airflow_real.refusals import DENIED, refusals

SAID = 'breaks 1 rule: [requirement] label cost-center is missing: add labels={"a": "b"}.'
FOUND = f"pod POD (dag d) {SAID}"


def error(denied: str) -> str:
    """The words of Airflow's ApiException."""
    status = {"kind": "Status", "message": f"{denied}pod load-x7k2 (dag d) {SAID}", "code": 400}
    return f"(400)\nReason: Bad Request\nHTTP response body: {json.dumps(status)}\n\n"


ERROR = error(DENIED)
OTHER = error('admission webhook "another.webhook.example" denied the request: ')


def line(text: str) -> str:
    """A line of an Airflow 3: JSON, with the exception in its details."""
    return json.dumps({"event": "Task failed", "error_detail": [{"exc_value": text}]}) + "\n"


@pytest.mark.parametrize(
    ("log", "found"),
    [
        pytest.param("all is well\n", [], id="none, where nothing was refused"),
        pytest.param(ERROR, [FOUND], id="Airflow 2's plain text"),
        pytest.param(line(ERROR), [FOUND], id="a line of Airflow 3's JSON"),
        pytest.param(line(ERROR) * 2, [FOUND], id="once, where it is said twice"),
        pytest.param(line(OTHER), [], id="none, where another webhook refused"),
        pytest.param(
            "HTTP response body: Service Unavailable\n", [], id="none in a body that is no JSON"
        ),
    ],
)
def test_a_refusal_is(log: str, found: list[str]) -> None:
    assert refusals(log) == found
