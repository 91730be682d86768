"""`make run`'s own script, run for real: certificates, HTTPS, three pods, and Ctrl-C.

`TAXIWAY_REGENERATE=1 pytest tests/cli/test_examples.py` writes the golden output again.
"""

import json
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from examples.run import ASKER, SHOWN, admission_review
from tests.cli.command import POLICIES, ROOT, environment
from tests.cli.test_golden import REGENERATE
from webhook.cli.documents import read_documents
from webhook.cli.objects import pods_in
from webhook.cli.policies import read_policies
from webhook.cli.subject import Subject
from webhook.policy.load import load

GOLDEN = Path(__file__).parent / "examples-run.txt"
LAST_WORDS = "The log:"


def test_the_examples_end_as_shown() -> None:
    with running("--once") as process:
        said, complained = process.communicate(timeout=60)
    revision = load(read_policies(ROOT / POLICIES)).spec.revision
    steady = re.sub(r"^port \d+ is taken.*\n", "", said, flags=re.MULTILINE)
    steady = re.sub(r"localhost:\d+", "localhost:8443", steady).replace(revision, "<revision>")
    if REGENERATE:
        GOLDEN.write_text(steady)
    assert (process.returncode, complained) == (0, "")
    assert steady == GOLDEN.read_text()


def test_it_goes_on_serving_what_its_last_lines_say_until_it_is_interrupted() -> None:
    with running() as process:
        lines = list(until_last_words(process))
        (command,) = (line.split() for line in lines if line.startswith("  curl --cacert"))
        ca, data, url = command[2], command[4].removeprefix("@"), command[5]
        trust = ssl.create_default_context(cafile=ROOT / ca)
        assert url.startswith("https://localhost:")
        request = Request(url, (ROOT / data).read_bytes())  # noqa: S310  # as just asserted
        with urlopen(request, context=trust) as answer:  # noqa: S310
            response = json.load(answer)["response"]
        assert (response["allowed"], response["patchType"]) == (True, "JSONPatch")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_the_review_to_try_by_hand_is_the_first_pod_as_an_api_server_sends_it() -> None:
    stored = json.loads((ROOT / "examples/reviews/pod-operator.json").read_bytes())
    ((_, pod),) = read_documents((ROOT / "examples/pods" / SHOWN[0]).read_bytes())
    (subject,) = pods_in(pod, SHOWN[0], ASKER)
    assert isinstance(subject, Subject)
    assert stored == admission_review(subject, pod)


def test_the_examples_are_real_pods() -> None:
    real = [file.read_bytes() for file in (ROOT / "tests/pods").iterdir()]
    examples = sorted((ROOT / "examples/pods").iterdir())
    assert [file.name for file in examples if file.read_bytes() not in real] == []
    assert sorted(SHOWN) == [file.name for file in examples]


@contextmanager
def running(*words: str) -> "Iterator[subprocess.Popen[str]]":
    env = environment()
    env.pop("CI", None)
    process = subprocess.Popen(
        [sys.executable, "examples/run.py", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=env,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def until_last_words(process: "subprocess.Popen[str]") -> Iterator[str]:
    for line in process.stdout or ():
        yield line
        if line.rstrip().endswith(LAST_WORDS):
            return
