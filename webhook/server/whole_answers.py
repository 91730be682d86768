"""A transport whose answers leave in one piece: head and body together.

uvicorn writes the head of an answer, and then its body. Over TLS that is two records, two system
calls, two packets and two wake-ups of the client, which cost more than all else that is done for a
request here but deciding it. So the head is held until what follows it: an answer's body comes in
the same breath, as ASGI lets nobody else write between the two.

| written                                  | leaves                          |
|------------------------------------------|---------------------------------|
| `100 Continue`, which is no answer       | at once                         |
| the first of an answer: its head         | with the second, or at its end  |
| the second, and what comes after it      | at once                         |
"""

import asyncio
from typing import Any

CONTINUE = b"HTTP/1.1 100 "


class WholeAnswers:
    """What uvicorn calls of a transport. `ended` is to be called when an answer is complete."""

    __slots__ = ("_has_begun", "_head", "_transport", "_write", "is_closing")

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._write = transport.write
        self.is_closing = transport.is_closing
        self._has_begun = False  # the answer: its head was written
        self._head = b""  # that was not sent yet

    def write(self, data: bytes) -> None:
        if self._has_begun:
            if self._head:
                data, self._head = self._head + data, b""
            self._write(data)
        elif data.startswith(CONTINUE):
            self._write(data)
        else:
            self._has_begun, self._head = True, data

    def ended(self) -> None:
        """The answer is complete; what is written next begins another."""
        self._has_begun = False
        if self._head:
            self._flush()

    def close(self) -> None:
        if self._head:
            self._flush()
        self._transport.close()

    def _flush(self) -> None:
        head, self._head = self._head, b""
        self._write(head)

    def abort(self) -> None:
        self._transport.abort()

    def pause_reading(self) -> None:
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._transport.get_extra_info(name, default)
