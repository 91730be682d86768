"""A TCP connection's way to the API server, which can be cut and can be frozen.

Frozen is what a firewall does that forgets a connection, or a host that loses power: nothing
comes through any more, and nobody is told. The kernel goes on acknowledging what is sent.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

CHUNK = 64 * 1024
END_SECONDS = 5.0


class Link:
    """Listens on a port of this machine and forwards to `port`. As a context, until its end."""

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._age = 0  # connections of an age before this one are dead
        self._is_frozen = False
        self._is_closed = False
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def freeze(self) -> None:
        """Nothing comes through, neither by the connections there are nor by new ones."""
        self._is_frozen = True

    def thaw(self) -> None:
        """New connections come through; those that were frozen stay dead."""
        self._age += 1
        self._is_frozen = False

    def cut(self) -> None:
        """Break off every connection there is."""
        for each in list(self._open):
            _end(each)

    def close(self) -> None:
        """Break off every connection, and refuse new ones."""
        self._is_closed = True
        self.cut()

    def open(self) -> None:
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_closed = True
        _end(self._listener)
        self._listener.close()
        accepting, *_ = self._threads
        accepting.join(END_SECONDS)  # from here on no connection is added
        self.cut()
        for thread in self._threads:
            thread.join(END_SECONDS)
        for each in list(self._open):
            each.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = self._reach()
            if far is None:
                near.close()
                continue
            self._open |= {near, far}
            for one, other in ((near, far), (far, near)):
                self._start(self._pump, one, other, self._age)

    def _reach(self) -> socket.socket | None:
        if self._is_closed:
            return None
        try:
            return socket.create_connection(("127.0.0.1", self._upstream))
        except OSError:
            return None

    def _pump(self, one: socket.socket, other: socket.socket, age: int) -> None:
        with contextlib.suppress(OSError):
            while chunk := one.recv(CHUNK):
                if not self._is_frozen and age == self._age:
                    other.sendall(chunk)
        if age == self._age:  # a dead connection does not even say that it ends
            _end(other)
        self._open.discard(one)
        one.close()


def _end(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
