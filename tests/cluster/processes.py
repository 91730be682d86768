"""Programs that a test starts: each with a log file, and none outlives the tests.

A program gets a session of its own, so that Ctrl-C reaches the tests alone and these end it in
order; and where the tests are killed, the kernel ends it (prctl PR_SET_PDEATHSIG, Linux only).
"""

import contextlib
import ctypes
import os
import pwd
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # from linux/prctl.h
STOP_SECONDS = 10  # etcd and the API server take under 2 s where nothing hangs
LOG_TAIL_LINES = 20

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class NeverHappened(AssertionError):
    """What was waited for did not come about; the message says what was there instead."""


class Program:
    """One running program. `log` holds all that it printed.

    `environment` is all that it gets, `None` what the tests have; `user` is who runs it, where
    root must not.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        logs: Path,
        environment: Mapping[str, str] | None = None,
        user: str | None = None,
    ) -> None:
        self.name = name
        self.log = logs / f"{name}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=environment,
                user=user,
                group=user and pwd.getpwnam(user).pw_gid,
                extra_groups=None if user is None else [],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # one call, of a library that is loaded
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def check(self) -> None:
        """Raise NeverHappened, with the log's end, if the program has ended."""
        code = self._process.poll()
        if code is not None:
            raise NeverHappened(f"{self.name} ended with {code}; {self.log} ends:\n{self.tail()}")

    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.poll()

    def tail(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def kill(self) -> None:
        """End it as a crash does, without a word to those that are connected."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        self._signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def _die_with_parent() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
