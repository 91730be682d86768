"""What an exit code says, the same for every command.

| code | review, audit                 | lint                             | policies             |
|------|-------------------------------|----------------------------------|----------------------|
| 0    | every pod is allowed          | the policies compile             | all agree, all well  |
| 1    | at least one pod is denied    | ... with warnings and `--strict` | they do not          |
| 2    | bad input, options or policy  | they do not, or cannot be read   | cannot be read       |
| 130  | ended by Ctrl-C               | the same                         | the same             |
| 141  | the output's reader went away | the same                         | the same             |

`explain` is like `review`. So is `dags`: a file that Airflow cannot import, a pod that it cannot
make and a decision that nobody can know before the run are bad input. `test`: 0 all tests hold,
1 one does not, 2 none was run. `diff` gives 1 where at least one pod is newly denied, unless
`--allow`. For `audit` what one may not see is bad input too.

2 wins over 1: what could not be read may be worse than what was. 141 is what a shell reports of
a command that SIGPIPE ended (128 + 13); the signal's own default is not restored, because it
would end `serve` at the first connection that breaks.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

OK = 0
DENIED = 1
BAD_INPUT = 2
INTERRUPTED = 130  # 128 + SIGINT, as a shell says it
BROKEN_PIPE = 141


@contextmanager
def quiet_broken_pipe() -> Iterator[None]:
    """End without a word when the reader of standard output went away (`taxiway … | head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        leave_broken_pipe()


def leave_broken_pipe() -> None:
    silence()
    raise SystemExit(BROKEN_PIPE)


def silence() -> None:
    """Point standard output at nothing, so that the interpreter's own last flush is quiet too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(line: str) -> None:
    """One line about bad input, on standard error."""
    print(line, file=sys.stderr)
