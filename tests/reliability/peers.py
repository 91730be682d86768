"""Where replicas find each other: what the DNS name of the headless Service would give them.

There is no such DNS here, and a replica that is started anew has another address. So each replica
is told as many ports of this machine as there are replicas, and behind the n-th is the n-th pod of
the moment.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from tests.cluster.balancer import Address, Balancer, running

Pods = Callable[[], Sequence[Address]]


class Peer(Balancer):
    """`pods` tells who is there now; `number` is from 0."""

    def __init__(self, number: int, pods: Pods) -> None:
        super().__init__(())
        self._number = number
        self._pods = pods

    def choices(self) -> Iterator[Address]:
        yield from self._pods()[self._number : self._number + 1]


@contextmanager
def peers(count: int, pods: Pods) -> Iterator[str]:
    """The setting that finds them."""
    every = [Peer(number, pods) for number in range(count)]
    with ExitStack() as stack:
        for each in every:
            stack.enter_context(running(each))
        yield ",".join(f"127.0.0.1:{each.port}" for each in every)
