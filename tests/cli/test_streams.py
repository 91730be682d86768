"""Whatever standard input, output and Ctrl-C are like: an exit code that is true, no traceback."""

import signal
import subprocess
import sys
import time
from fcntl import ioctl
from termios import FIONREAD
from typing import IO

import pytest

from tests.cli.command import POLICIES, ROOT, environment

POD = "examples/pods/pod-operator.json"
REVIEW = ("review", "--policies", POLICIES, "--now", "2026-06-01", "--user", "a")
PATIENCE_SECONDS = 60.0
FULL = "standard output cannot be written: No space left on device; write it somewhere else\n"

# Each is a line of a shell, in which `$@` is the command.
SHELLS = [
    ("review to a full disk", '"$@" > /dev/full', (*REVIEW, POD), 2, FULL),
    ("the schema to a full disk", '"$@" > /dev/full', ("schema",), 2, FULL),
    ("the help to a full disk", '"$@" > /dev/full', ("--help",), 2, FULL),
    ("review with output closed", '"$@" >&-', (*REVIEW, POD), 0, ""),
    ("diff with output closed", '"$@" >&-', ("diff", POLICIES, POLICIES, "--pods", POD), 0, ""),
    (
        "review of a standard input that is closed",
        '"$@" <&-',
        (*REVIEW, "-"),
        2,
        "standard input: is empty; give a Kubernetes object as YAML or JSON\n",
    ),
    (
        "an audit log of a standard input that is closed",
        '"$@" <&-',
        ("diff", POLICIES, POLICIES, "--audit-log", "-"),
        2,
        "nothing to compare by: the corpus holds no pod; without one, no change of policy shows\n",
    ),
]


@pytest.mark.parametrize(
    ("shell", "words", "code", "said"), [row[1:] for row in SHELLS], ids=[row[0] for row in SHELLS]
)
def test_streams_of_all_kinds(shell: str, words: tuple[str, ...], code: int, said: str) -> None:
    ended = subprocess.run(
        ["sh", "-c", shell, "sh", sys.executable, "-m", "webhook", *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment(),
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (ended.returncode, ended.stderr.decode()) == (code, said)


def test_ctrl_c_is_no_denial() -> None:
    """Also where a shell that began the tests in the background has them ignore SIGINT."""
    process = subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-m", "webhook", *REVIEW, "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    )
    try:
        assert process.stdin is not None
        _wait_until_it_reads(process.stdin)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out, err) == (130, b"", b"")


def _wait_until_it_reads(pipe: IO[bytes]) -> None:
    """Until nothing is left of what was written to its standard input."""
    pipe.write(b"# a comment\n")
    pipe.flush()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while ioctl(pipe, FIONREAD, bytes(4)) != bytes(4):
        assert time.monotonic() < deadline, "it does not read its standard input"
        time.sleep(0.05)
