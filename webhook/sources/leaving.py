"""What a replica does when it is told to end, while it goes on answering for a while.

| farewell | what is done                            | and else                               |
|----------|-----------------------------------------|----------------------------------------|
| status   | its entry is taken out of the ConfigMap | it is taken for silent for two minutes |
| lease    | given back, if it is ours               | another one leads after 15 s           |

These are duties that take the place of all others: tried at once, and again after a pause where the
API server cannot be reached. Nobody waits for them: what is not done when the drain is over is left
to the leader and to time, as after a crash.
"""

from collections.abc import Callable

from msgspec import Struct

from webhook.sources.duties import Outcome


class Farewell(Struct, frozen=True):
    """A duty: `leave` is called again and again, and does nothing when it is done.

    `name` is that of the duty whose end it is: troubles are told of the same.
    """

    name: str
    leave: Callable[[], None]

    def turn(self, outcome: Outcome) -> None:  # noqa: ARG002  it is time, whatever the load was
        self.leave()
