"""A Service as kube-proxy plays it: a new connection goes to one of the endpoints, by chance.

| of kube-proxy                                                 | here                             |
|---------------------------------------------------------------|----------------------------------|
| a connection that is open stays where it is                   | the same                         |
| one that its endpoint refuses is refused: no other is tried   | broken off                       |
| a change of endpoints reaches a node after a while            | after PROPAGATION_SECONDS        |

The endpoints are those pods that are ready and not about to end.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator

from tests.cluster.balancer import Address, Balancer

# From a pod's change to the node's rules: the endpoint controller and kube-proxy each gather
# changes for up to a second.
PROPAGATION_SECONDS = 2.0


class Service(Balancer):
    """`add` and `remove` may be called from any thread."""

    def __init__(self) -> None:
        super().__init__(())
        self._endpoints: tuple[Address, ...] = ()
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        await super().start()

    @property
    def endpoints(self) -> tuple[Address, ...]:
        return self._endpoints

    def choices(self) -> Iterator[Address]:
        if self._endpoints:
            yield random.choice(self._endpoints)  # noqa: S311  as kube-proxy's iptables does

    def add(self, endpoint: Address) -> None:
        self._later(self._add, endpoint)

    def remove(self, endpoint: Address) -> None:
        self._later(self._remove, endpoint)

    def _later(self, change: Callable[[Address], None], endpoint: Address) -> None:
        def wait() -> None:
            self._loop.call_later(PROPAGATION_SECONDS, change, endpoint)

        self._loop.call_soon_threadsafe(wait)

    def _add(self, endpoint: Address) -> None:
        self._endpoints = tuple({*self._endpoints, endpoint})

    def _remove(self, endpoint: Address) -> None:
        self._endpoints = tuple({*self._endpoints} - {endpoint})
