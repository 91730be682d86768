"""Two policy sets that differ in every way, and pods that show it: what `diff` is tested with."""

import json

from tests.cli.command import ROOT
from tests.engine.given import Json

FOLDER = "tests/cli/inputs/diff"
OLD, NEW, PODS = f"{FOLDER}/old", f"{FOLDER}/new", f"{FOLDER}/pods.jsonl"


def pods() -> list[Json]:
    """As KubernetesPodOperator sends them; one that nobody governs among them."""
    return [json.loads(line) for line in (ROOT / PODS).read_text().splitlines()]
