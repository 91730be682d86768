"""HTTP/1.1 as a load generator speaks it: kept connections, JSON to one path, bytes back.

A client for people takes some 3 ms of CPU a call here, which is what the API server and both
replicas take together for a pod. Source of the framing: RFC 9112, sections 6 and 7.1.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

# A Kubernetes API server closes what nobody used for 90 s, and a call that is sent just then is
# lost. Source: k8s.io/apiserver, pkg/server/secure_serving.go.
IDLE_SECONDS = 60.0


@dataclass(frozen=True)
class _Idle:
    """A connection that nobody uses, since `since`."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    since: float  # seconds, monotonic

    @property
    def is_usable(self) -> bool:
        return not self.reader.at_eof() and time.monotonic() - self.since < IDLE_SECONDS


@dataclass
class Wire:
    """Calls with one token; connections are opened as they are needed, and kept for a minute."""

    host: str
    port: int
    context: ssl.SSLContext | None  # None: without TLS
    token: str

    def __post_init__(self) -> None:
        self._idle: list[_Idle] = []

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body. Raises OSError and asyncio's IncompleteReadError."""
        reader, writer = self._kept() or await self._open()
        try:
            writer.write(self._head(path, len(body)) + body)
            answer = await _answer(reader)
        except BaseException:
            writer.transport.abort()
            raise
        self._idle.append(_Idle(reader, writer, time.monotonic()))
        return answer

    async def close(self) -> None:
        """Close the connections that are idle: all, if no call is under way."""
        for each in self._idle:
            each.writer.close()
        await asyncio.gather(*(each.writer.wait_closed() for each in self._idle))
        self._idle.clear()

    def _kept(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The connection that was used last. One that is of no use any more is let go."""
        while self._idle:
            last = self._idle.pop()
            if last.is_usable:
                return last.reader, last.writer
            last.writer.transport.abort()
        return None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, self.port, ssl=self.context)

    def _head(self, path: str, length: int) -> bytes:
        return (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        ).encode()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in lines if line)
    code = int(first.split()[1])
    if fields.get(b"transfer-encoding") == b"chunked":
        return code, b"".join([chunk async for chunk in _chunks(reader)])
    return code, await reader.readexactly(int(fields[b"content-length"]))


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
