"""The README's commands are run, and what it says they print is what they print.

`TAXIWAY_REGENERATE=1` writes the outputs into it anew.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
import yaml

from webhook.admission import ENDPOINTS, Settings, answer
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.load import load

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(
    r"(?P<head>```console\n\$ (?P<what>[^\n]+)\n)(?P<output>.*?)(?=```)", re.DOTALL
)
DENIAL = re.compile(
    r"(?P<head><!-- denial: (?P<what>\S+) -->\n```text\n)(?P<output>.*?)(?=```)", re.DOTALL
)
POLICY = re.compile(r"```yaml\n(apiVersion: taxiway/v1\n.*?)```", re.DOTALL)
BROKEN = re.compile(r"(.{1,96})(?:\s+|$)")  # a long line is broken where a screen would


def run(command: str) -> str:
    """What the command prints, as it stands in the README."""
    program, *arguments = shlex.split(command)
    assert program == "taxiway"
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, "-m", "webhook", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return "".join(f"{line.rstrip()}\n" for line in (done.stdout + done.stderr).splitlines())


def deny(pod: str) -> str:
    """The message with which `/validate` refuses a pod that `/mutate` has patched or not."""

    class Sets:
        current = Engine(compile_policy(load(policies()).spec))

        def find(self, revision: str) -> Engine | None:
            return self.current if revision == self.current.revision else None

    given = json.loads((ROOT / pod).read_text())
    request = {
        "uid": "1",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "operation": "CREATE",
        "namespace": given["metadata"]["namespace"],
        "userInfo": {"username": "system:serviceaccount:airflow:airflow-scheduler"},
        "object": given,
    }
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    body = json.dumps(review).encode()
    answered = answer(ENDPOINTS["/validate"], body, Sets(), date(2026, 11, 1), Settings())
    message: str = json.loads(answered.body)["response"]["status"]["message"]
    return "".join(f"{line}\n" for line in BROKEN.findall(message))


def policies() -> list[tuple[str, bytes]]:
    files = sorted((ROOT / "examples/policies").glob("*.yaml"))
    return [(file.name, file.read_bytes()) for file in files]


PARTS: list[tuple[re.Pattern[str], Callable[[str], str]]] = [(CONSOLE, run), (DENIAL, deny)]


def regenerated(text: str) -> str:
    for pattern, output in PARTS:
        text = pattern.sub(partial(_with_output, output), text)
    return text


def _with_output(output: Callable[[str], str], found: re.Match[str]) -> str:
    return f"{found['head']}{output(found['what'])}"


if os.environ.get("TAXIWAY_REGENERATE") == "1":
    README.write_text(regenerated(README.read_text()))

EXAMPLES = [
    pytest.param(output, found["what"], found["output"], id=found["what"])
    for pattern, output in PARTS
    for found in pattern.finditer(README.read_text())
]


def test_the_readme_has_its_examples() -> None:
    assert len(EXAMPLES) == 3


@pytest.mark.parametrize(("output", "what", "shown"), EXAMPLES)
def test_the_readme_shows_what_is_printed(
    output: Callable[[str], str], what: str, shown: str
) -> None:
    assert shown == output(what)


def test_the_policy_in_the_readme_loads_without_a_warning() -> None:
    (policy,) = POLICY.findall(README.read_text())
    loaded = load([("readme.yaml", policy.encode())])
    assert loaded.spec.teams["payments"].cost_centers == ("CC-1001", "CC-1002")


def test_every_target_that_the_readme_names_is_in_the_makefile() -> None:
    named = set(re.findall(r"^make ([a-z-]+)", README.read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"run", "test"} <= named <= targets


def test_every_link_in_the_readme_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_serving_commands_of_the_readme_have_the_options_they_name() -> None:
    shell = re.findall(r"```sh\n(.*?)```", README.read_text(), re.DOTALL)
    commands = [line for block in shell for line in block.splitlines() if line[:8] == "taxiway "]
    assert len(commands) == 2
    for command in commands:
        name, *options = shlex.split(command)[1:]
        helped = run(f"taxiway {name} --help")
        assert [o for o in options if o.startswith("--") and o not in helped] == []


def test_the_yaml_in_the_readme_is_yaml_that_people_may_paste() -> None:
    for block in re.findall(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL):
        assert yaml.safe_load(block)["apiVersion"] == "taxiway/v1"
