"""The words of a refusal, out of the log of the task whose pod was refused.

The API server's answer is a Status; Airflow prints its body as JSON after `HTTP response body: `,
in Airflow 3 within a line of JSON, where it is escaped once more. That is what the author sees.
"""

import json
import re
from collections.abc import Iterator

DENIED = 'admission webhook "validate.pods.taxiway" denied the request: '
BODY = "HTTP response body: "


def refusals(log: str) -> list[str]:
    """What Taxiway said, each once, without the name of the pod, which has a random end."""
    found = (status["message"] for text in _texts(log) for status in _bodies(text))
    said = (message.removeprefix(DENIED) for message in found if message.startswith(DENIED))
    return list(dict.fromkeys(re.sub(r"^pod \S+ ", "pod POD ", each) for each in said))


def _texts(log: str) -> Iterator[str]:
    """The texts of a log: as it is, or of the JSON that its lines are."""
    yield log
    for line in log.splitlines():
        if line.startswith("{"):
            yield from _strings(json.loads(line))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _bodies(text: str) -> Iterator[dict[str, str]]:
    """The JSON after each `HTTP response body: `, wherever that is plain JSON."""
    for found in re.finditer(re.escape(BODY), text):
        try:
            body, _ = json.JSONDecoder().raw_decode(text, found.end())
        except ValueError:
            continue
        yield body
