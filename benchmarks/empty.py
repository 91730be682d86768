"""The floor: an answer that says nothing, by the same uvicorn with the same settings, over TLS.

`python -m benchmarks.empty CERT KEY PORT`
"""

import ssl
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvloop

from webhook.server.listener import listening, server

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


def uncounted(reason: str) -> None:
    """Nobody asks why a connection was closed here."""


def context(certificate: str, key: str) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(certificate, key)
    return made


async def serve(certificate: str, key: str, port: int) -> None:
    socket = listening("127.0.0.1", port)
    await server(nothing, uncounted, context(certificate, key)).serve([socket])


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1], sys.argv[2], int(sys.argv[3])))
