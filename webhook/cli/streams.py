"""Standard output and error as every command may count on them, whoever started it.

| what may be wrong                             | what comes of it                              |
|-----------------------------------------------|-----------------------------------------------|
| closed (`>&-`, some daemons)                  | what is written there goes nowhere            |
| a codec without the characters of a name      | they are written out: `\\xe9`                  |
| full, or no more there (a disk, a share)      | one line on standard error, exit code 2       |
| its reader goes away (`| head`)               | see `exits`                                   |
| Ctrl-C                                        | exit code 130, without a word                 |

1 would say that a pod is denied, and a traceback that Taxiway is broken: neither is so.
"""

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import TextIO

from webhook.cli.exits import BAD_INPUT, INTERRUPTED, complain, silence

# What writing may fail with although the stream is open; a broken pipe is none of them.
_CANNOT_WRITE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ESTALE})


@contextmanager
def standard_streams() -> Iterator[None]:
    """Around everything a command does. May raise SystemExit."""
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupted)
    try:
        yield
    except OSError as error:
        if error.errno not in _CANNOT_WRITE or error.filename is not None:
            raise
        silence()
        complain(f"standard output cannot be written: {error.strerror}; write it somewhere else")
        raise SystemExit(BAD_INPUT) from None


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w")


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    silence()
    raise SystemExit(INTERRUPTED)
