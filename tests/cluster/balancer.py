"""A TCP balancer in front of replicas: each new connection goes to the next one that takes it.

It plays a Service: the API server keeps connections, so that one pod may be changed by one replica
and judged by another. Nothing is held back where one side is slower: bodies here are a few KiB.
"""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import cast

from tests.cluster.loops import background_loop

END_SECONDS = 5.0
Address = tuple[str, int]


class Balancer:
    """Listens on a port of this machine. `turned_away`: connections that no replica took."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.ports = tuple(ports)  # may be replaced: connections that are open stay
        self._turn = itertools.count()
        self._open: set[asyncio.Transport] = set()
        self._reaching: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server
        self.turned_away = 0
        self.port = 0

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Near(self), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        """Break off every connection, and wait until that is done."""
        self._server.close()
        for task in self._reaching:
            task.cancel()
        for transport in list(self._open):
            transport.abort()
        while self._open or self._reaching:
            await asyncio.sleep(0.01)

    def opened(self, transport: asyncio.Transport) -> None:
        self._open.add(transport)

    def closed(self, transport: asyncio.Transport) -> None:
        self._open.discard(transport)

    def choices(self) -> Iterator[Address]:
        """Whom to try for a new connection, until one takes it."""
        first, ports = next(self._turn), self.ports
        for step in range(len(ports)):
            yield "127.0.0.1", ports[(first + step) % len(ports)]

    def reach(self, near: "_Near") -> None:
        """Find a replica for a new connection."""
        task = asyncio.get_running_loop().create_task(self._join(near))
        self._reaching.add(task)
        task.add_done_callback(self._reaching.discard)

    async def _join(self, near: "_Near") -> None:
        loop = asyncio.get_running_loop()
        for host, port in self.choices():
            try:
                await loop.create_connection(lambda: _Far(self, near), host, port)
            except OSError:
                continue
            return
        self.turned_away += 1
        near.transport.abort()


class _Side(asyncio.Protocol):
    """One end of a connection; what comes in here goes out at the other."""

    def __init__(self, balancer: Balancer) -> None:
        self.balancer = balancer
        self.other: _Side | None = None
        self.early: list[bytes] = []  # what came before there was another end
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is of no class of asyncio's
        self.balancer.opened(self.transport)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self.early.append(data)
        else:
            self.other.transport.write(data)

    def connection_lost(self, _: Exception | None) -> None:
        self.balancer.closed(self.transport)
        if self.other is not None:
            self.other.transport.close()


class _Near(_Side):
    """Towards the API server."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.balancer.reach(self)


class _Far(_Side):
    """Towards a replica."""

    def __init__(self, balancer: Balancer, near: _Near) -> None:
        super().__init__(balancer)
        self._near = near

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self._near.transport.is_closing():
            self.transport.close()
            return
        self.other, self._near.other = self._near, self
        self.transport.writelines(self._near.early)


@contextmanager
def balancing(ports: Sequence[int]) -> Iterator[Balancer]:
    """A balancer in front of these ports of this machine, until the end."""
    balancer = Balancer(ports)
    with running(balancer):
        yield balancer


@contextmanager
def running(balancer: Balancer) -> Iterator[None]:
    with background_loop() as loop:
        asyncio.run_coroutine_threadsafe(balancer.start(), loop).result(END_SECONDS)
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(balancer.end(), loop).result(END_SECONDS)
