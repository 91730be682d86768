"""The floor: an answer that says nothing, by plain uvicorn over TLS, with the service's settings.

Nothing of ours is in it, so that what our own protocol and limits cost is not taken for the floor.

`python -m benchmarks.empty CERT KEY PORT`
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

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


def serve(certificate: str, key: str, port: int) -> None:
    uvicorn.run(
        nothing,
        host="127.0.0.1",
        port=port,
        ssl_certfile=certificate,
        ssl_keyfile=key,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=300,
    )


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
