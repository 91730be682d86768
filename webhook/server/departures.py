"""When answers leave: the first of a turn of the loop at once, those behind it a few together.

To write to a socket wakes who waits for it, and that is the dearest part of an answer, here and
there: in a virtual machine some 20 µs. Where several requests are answered in one turn of the loop,
their answers leave one behind the other, and whoever reads them is awake after the first.

| answer                      | leaves                                              |
|-----------------------------|-----------------------------------------------------|
| the first of a turn         | at once                                             |
| the next seven, and so on   | with the eighth, or when the turn is over           |

Eight answers take half a millisecond: that is what one of them waits at most.
"""

import asyncio

MOST_TOGETHER = 8


class Departures:
    """The answers of one listener. A turn begins with `begin`, and ends by itself."""

    def __init__(self) -> None:
        self._is_turn = False
        self._is_first = True
        self._waiting: list[tuple[asyncio.Transport, bytes, bool]] = []

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """To be called before a request is answered: what is called for later comes after it."""
        if not self._is_turn:
            self._is_turn = self._is_first = True
            loop.call_soon(self._end)

    def send(self, transport: asyncio.Transport, answer: bytes, is_last: bool) -> None:
        """`is_last`: the connection is closed behind it."""
        if self._is_first:
            self._is_first = False
            _write(transport, answer, is_last)
            return
        self._waiting.append((transport, answer, is_last))
        if len(self._waiting) == MOST_TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Have all that wait leave now: something else is to be written, or a connection closed."""
        waiting, self._waiting = self._waiting, []
        for transport, answer, is_last in waiting:
            _write(transport, answer, is_last)

    def _end(self) -> None:
        self._is_turn = False
        self.flush()


def _write(transport: asyncio.Transport, answer: bytes, is_last: bool) -> None:
    if transport.is_closing():  # its client has gone
        return
    transport.write(answer)
    if is_last:
        transport.close()
