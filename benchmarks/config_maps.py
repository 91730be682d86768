"""A policy set as SREs store a large one: a team a document, in ConfigMaps filled to the limit.

A ConfigMap holds 1 MiB in keys and values (`MaxSecretSize` and ConfigMap validation of the API
server): about 1,600 such teams.
"""

from collections.abc import Iterator

import yaml

from benchmarks import policies

LIMIT_BYTES = 1 << 20
KEY = "teams.yaml"
NAMED, CODED = "team-00000", "CC-00000"  # what every team has its own of


def stored(teams: int, contact: str = "") -> dict[str, str]:
    """The texts of the ConfigMaps by name. With `contact`, one team of the last has this one."""
    made: list[str] = []
    text = _document({key: value for key, value in policies.HEAD.items() if key != "apiVersion"})
    for document in _teams(teams):
        if len(text) + len(document) + len(KEY) > LIMIT_BYTES:
            made.append(text)
            text = ""
        text += document
    last = text.replace(f"'#team-{teams - 1:05}'", f"'{contact}'") if contact else text
    return {f"teams-{number}": each for number, each in enumerate([*made, last])}


def _teams(teams: int) -> Iterator[str]:
    """`payments` first, which the measured pods belong to."""
    model = _document({"teams": {NAMED: policies.team(NAMED, 0)}})
    for number in range(teams):
        name = f"team-{number:05}" if number else "payments"
        yield model.replace(NAMED, name).replace(CODED, f"CC-{number:05}")


def _document(body: dict[str, object]) -> str:
    text: str = yaml.safe_dump({"apiVersion": "taxiway/v1", **body}, sort_keys=False)
    return f"---\n{text}"
