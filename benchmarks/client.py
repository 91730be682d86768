"""One connection that is kept, as the API server keeps its own, and a clock around each request.

Bytes are made before and hardly looked at after, so that the client's own share stays small: it
has one of two cores, and what it adds is the same for every server.
"""

import socket
import ssl
from time import perf_counter_ns
from types import TracebackType
from typing import Self

HEAD = (
    "POST {} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: kube-apiserver-admission\r\n"
    "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n"
)
LENGTH = b"content-length:"
SECONDS = 5.0  # to wait for one answer; a hundred times what the slowest needs


class Connection:
    """HTTPS to a port of this machine. The certificate is made for the benchmark, and trusted."""

    def __init__(self, port: int) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        plain = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = context.wrap_socket(plain)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._socket.close()

    def microseconds(self, request: bytes) -> float:
        """How long the answer to a request takes. Raises RuntimeError unless it is a 200."""
        start = perf_counter_ns()
        answer = self._ask(request)
        took = perf_counter_ns() - start
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"not a 200: {answer[:200]!r}")
        return took / 1000

    def answer(self, request: bytes) -> bytes:
        """The body of the answer to a request."""
        return self._ask(request).partition(b"\r\n\r\n")[2]

    def _ask(self, request: bytes) -> bytes:
        self._socket.sendall(request)
        answer = self._socket.recv(65536)
        while len(answer) < _length(answer):
            answer += self._socket.recv(65536)
        return answer


def request(path: str, body: bytes) -> bytes:
    return HEAD.format(path, len(body)).encode() + body


def _length(answer: bytes) -> int:
    """How long the whole answer is; more than there is while the head is incomplete."""
    head, end, _ = answer.partition(b"\r\n\r\n")
    if not end:
        return len(answer) + 1
    lines = head.lower().split(b"\r\n")
    length = next(int(line[len(LENGTH) :]) for line in lines if line.startswith(LENGTH))
    return len(head) + len(end) + length
