"""The floor: an answer that says nothing, by plain uvicorn over TLS, with the service's settings.

`python -m benchmarks.empty CERT KEY PORT`
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from benchmarks import uvicorn_alone

Message = MutableMapping[str, Any]
START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": ((b"content-length", b"0"),),
}
END: Message = {"type": "http.response.body", "body": b""}


async def nothing(
    _scope: Message,
    _receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer at once, without a look at the request."""
    await send(START)
    await send(END)


if __name__ == "__main__":
    uvicorn_alone.main(nothing)
