"""Lines of JSON on standard output, written so that they never hold up an answer.

Lines are encoded at once, gathered, and given to a thread of their own: 128 together, every 0.5 s,
or 10 ms after something urgent, such as a denial. If no one reads standard output, the thread is
stuck and the service is not: at most 4 MiB wait, what comes then is dropped and counted.
"""

import os
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import msgspec

FLUSH_SECONDS = 0.5
URGENT_SECONDS = 0.01  # so that a storm of denials wakes the thread 100 times a second, not 10,000
# 64 KiB of lines, which is what a pipe takes at once. Half a second's at 5,000 requests a second
# would be one block of 1 MiB, in which glibc then puts what stays: memory would creep.
MOST_LINES = 128
# A denial's line takes about 1 KiB, any other 0.4: some thousands, while a reader restarts.
MOST_WAITING_BYTES = 4 * 1024 * 1024
BLOCKED_SECONDS = 0.05
LAST_WORDS_SECONDS = 2.0  # what a slow reader is given when the process ends

_encode = msgspec.json.Encoder().encode


class Clock:
    """The time as RFC 3339 in UTC, with milliseconds; the part to the second is made once."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._second = -1
        self._text = ""

    def __call__(self) -> str:
        now = self._clock()
        second = int(now)
        if second != self._second:
            self._second = second
            self._text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._text}.{int((now - second) * 1000):03d}Z"


class Log:
    """Where lines go. `flush` must be called every 0.5 s; `call_later` is the loop's, if any."""

    def __init__(self, fileno: int, now: Callable[[], str]) -> None:
        self.now = now
        self.dropped = 0  # lines
        self._lines: list[bytes] = []
        self._writer = _Writer(fileno)
        self._call_later: Callable[[float, Callable[[], None]], object] | None = None
        self._flush_is_near = False

    def attach(self, call_later: Callable[[float, Callable[[], None]], object]) -> None:
        """From now on urgent lines are flushed by this loop, and not at once."""
        self._call_later = call_later

    def line(self, line: Any) -> None:
        """Write a Struct or a dict; it may take 0.5 s."""
        self._lines.append(_encode(line))
        if len(self._lines) >= MOST_LINES:
            self.flush()

    def urgent(self, line: Any) -> None:
        """Write a Struct or a dict, soon."""
        self._lines.append(_encode(line))
        if self._call_later is None:
            self.flush()
        elif not self._flush_is_near:
            self._flush_is_near = True
            self._call_later(URGENT_SECONDS, self.flush)

    def event(self, level: str, event: str, **fields: Any) -> None:
        """Something that is not a request: a start, a reload, a certificate."""
        self.urgent({"time": self.now(), "level": level, "event": event, **fields})

    def flush(self) -> None:
        """Hand the lines over to the thread, or drop them when too many wait there."""
        self._flush_is_near = False
        lines, self._lines = self._lines, []
        if lines and not self._writer.accept(_escaped(b"\n".join(lines)) + b"\n"):
            self.dropped += len(lines)

    def close(self) -> None:
        """Write what is left; a reader that does not read is waited for 2 s."""
        self.flush()
        self._writer.close()


def _escaped(lines: bytes) -> bytes:
    """Legal JSON that some readers would take for the end of a line: U+2028, U+2029, U+0085."""
    if lines.isascii():
        return lines
    for raw, escape in _LINE_ENDS:
        lines = lines.replace(raw, escape)
    return lines


_LINE_ENDS = tuple((chr(code).encode(), b"\\u%04x" % code) for code in (0x2028, 0x2029, 0x85))


class _Writer:
    """A thread that writes to a file descriptor and may be stuck in it for ever."""

    def __init__(self, fileno: int) -> None:
        self._fileno = fileno
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._waiting = 0  # bytes; each side only ever adds its own
        self._written = 0
        self._broken = False
        self._thread = threading.Thread(target=self._run, name="log", daemon=True)
        self._thread.start()

    def accept(self, chunk: bytes) -> bool:
        too_many = self._waiting - self._written + len(chunk) > MOST_WAITING_BYTES
        if self._broken or too_many:
            return False
        self._waiting += len(chunk)
        self._queue.put(chunk)
        return True

    def close(self) -> None:
        self._queue.put(None)
        self._thread.join(LAST_WORDS_SECONDS)

    def _run(self) -> None:
        while (chunk := self._queue.get()) is not None:
            try:
                self._write(chunk)
            except OSError:  # the reader is gone, and with it the reason to write
                self._broken = True
            self._written += len(chunk)

    def _write(self, chunk: bytes) -> None:
        left = memoryview(chunk)
        while left:
            try:
                left = left[os.write(self._fileno, left) :]
            except BlockingIOError:  # someone who shares the pipe made it non-blocking
                time.sleep(BLOCKED_SECONDS)
