"""Admission webhooks that decide nothing: what being asked costs, and what being changed costs.

The first lets everything through. The second gives each new pod one and the same patch, which it
is started with. The API server takes no answer that does not name its request: the uid is found,
not decoded, and so is whether the pod has been here.

`python -m benchmarks.empty_webhook CERT KEY PORT [PATCH]`
"""

import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from benchmarks import uvicorn_alone

Message = MutableMapping[str, Any]
HEAD = b'{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"'
ALLOWED = b'","allowed":true}}'
PATCHED = b'","allowed":true,"patchType":"JSONPatch","patch":"%b"}}'
BEFORE_UID = b'"request":{"uid":"'
HAS_BEEN_HERE = b'"cost-center":'
patched = PATCHED % sys.argv[4].encode() if sys.argv[4:] else ALLOWED


async def allow(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    uid = body.partition(BEFORE_UID)[2].partition(b'"')[0]
    is_new = scope["path"] == "/mutate" and HAS_BEEN_HERE not in body
    answer = HEAD + uid + (patched if is_new else ALLOWED)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


if __name__ == "__main__":
    uvicorn_alone.main(allow)
