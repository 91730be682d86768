"""Asks the loader what a change of policies would do, and tells it how this replica stands.

The API server gives the question 15 s. Whoever is asked too much, does not answer in time or is
not there has not judged: the change is admitted, which is what `failurePolicy: Ignore` wants, and
whoever applies it is told, which the API server would not do.
"""

import asyncio
import os
import time

from webhook.policy.question import Change, Verdict
from webhook.sources.frames import Asked, InForce, Leaving, Said, encoded
from webhook.sources.process import LoaderProcess

# Of the 15 s that the API server waits, 3 are for the way there and back on a busy machine. A
# check of 10,000 teams takes under 1 s, and waits for a load of them for 5 s at most.
ANSWER_SECONDS = 12.0
# Each holds a body of up to 7 MiB and what is made of it: 60 MiB at the very most.
MOST_AT_ONCE = 4

NO_LOADER = "the process that reads policies is being started again; apply it once more"
TOO_MANY = f"{MOST_AT_ONCE} other changes are being checked; apply it once more"
TOO_SLOW = f"it took longer than {ANSWER_SECONDS:.0f} s; run taxiway lint on the whole set"


class Questions:
    """The way to the loader that there is, and the questions that are under way."""

    def __init__(self) -> None:
        self._pipe: asyncio.WriteTransport | None = None
        self._waiting: dict[int, asyncio.Future[Verdict]] = {}
        self._number = 0
        self._in_force: InForce | None = None
        self._leaving: Leaving | None = None

    async def judge(self, change: Change) -> Verdict:
        """What the loader says; takes 12 s at most."""
        if self._pipe is None or self._pipe.is_closing():
            return Verdict(unchecked=NO_LOADER)
        if len(self._waiting) >= MOST_AT_ONCE:
            return Verdict(unchecked=TOO_MANY)
        self._number += 1
        number, answer = self._number, asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        self._pipe.write(encoded(Asked(number, change)))
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                verdict: Verdict = await answer
                return verdict
        except TimeoutError:
            return Verdict(unchecked=TOO_SLOW)
        finally:
            self._waiting.pop(number, None)

    def put_in_force(self, revision: str, *, is_stored: bool) -> None:
        """Requests are answered by this set. A loader that is started later is told too."""
        before = self._in_force
        since = before.since if before and before.revision == revision else time.time()
        self._in_force = InForce(revision, since, is_stored)
        if self._in_force != before:
            self._tell(self._in_force)

    def leave(self) -> None:
        """This replica was told to end. A loader that is started later is told too."""
        self._leaving = Leaving()
        self._tell(self._leaving)

    def judged(self, number: int, verdict: Verdict) -> None:
        """The loader has answered, maybe too late."""
        answer = self._waiting.get(number)
        if answer is not None and not answer.done():
            answer.set_result(verdict)

    async def attach(self, loader: LoaderProcess) -> None:
        """From now on this loader is asked.

        By a descriptor of its own: the loader's standard input is closed by who started it.
        """
        if loader.stdin is None:
            return
        copy = os.fdopen(os.dup(loader.stdin.fileno()), "wb", buffering=0)
        loop = asyncio.get_running_loop()
        self._pipe, _ = await loop.connect_write_pipe(asyncio.BaseProtocol, copy)
        for each in (self._in_force, self._leaving):
            if each is not None:
                self._tell(each)

    def detach(self) -> None:
        """The loader is no more: nobody will answer what it was asked."""
        pipe, self._pipe = self._pipe, None
        if pipe is not None and not pipe.is_closing():
            pipe.abort()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_result(Verdict(unchecked=NO_LOADER))

    def _tell(self, said: Said) -> None:
        if self._pipe is not None and not self._pipe.is_closing():
            self._pipe.write(encoded(said))
