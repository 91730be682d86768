"""The head of an answer and what follows it leave in one write, and nothing is held for ever."""

import asyncio
import json
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.server.reviews import pod, review, write_policy
from tests.serving import running_server
from webhook.server.whole_answers import WholeAnswers

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"
Step = bytes | Callable[[WholeAnswers], None]


class Wire(asyncio.Transport):
    """What left, in pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def is_closing(self) -> bool:
        return b"closed" in self.pieces

    def close(self) -> None:
        self.pieces.append(b"closed")

    def abort(self) -> None:
        self.pieces.append(b"aborted")


TALKS: dict[str, tuple[list[Step], list[bytes]]] = {
    "head and body leave together": ([HEAD, b"hi"], [HEAD + b"hi"]),
    "a head alone is held": ([HEAD], []),
    "an empty body takes the head along": ([HEAD, b""], [HEAD]),
    "what comes after the first of a body leaves at once": (
        [HEAD, b"h", b"i"],
        [HEAD + b"h", b"i"],
    ),
    "each answer is one piece": (
        [HEAD, b"hi", WholeAnswers.ended, HEAD, b"ho"],
        [HEAD + b"hi", HEAD + b"ho"],
    ),
    "an answer without a body leaves at its end": ([HEAD, WholeAnswers.ended], [HEAD]),
    "the end of an answer sends nothing twice": (
        [HEAD, b"hi", WholeAnswers.ended],
        [HEAD + b"hi"],
    ),
    "a client that waits for it is told to continue at once": (
        [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD, b"hi"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"hi"],
    ),
    "what was held leaves before the connection is closed": (
        [HEAD + b"no", WholeAnswers.close],
        [HEAD + b"no", b"closed"],
    ),
    "a connection that is given up sends nothing more": (
        [HEAD, WholeAnswers.abort],
        [b"aborted"],
    ),
}


@pytest.mark.parametrize(("talk", "left"), TALKS.values(), ids=TALKS.keys())
def test_what_leaves(talk: list[Step], left: list[bytes]) -> None:
    wire = Wire()
    answers = WholeAnswers(wire)
    for step in talk:
        if isinstance(step, bytes):
            answers.write(step)
        else:
            step(answers)
    assert wire.pieces == left


def test_an_answer_is_one_record_of_tls(tmp_path: Path) -> None:
    """One call of OpenSSL's gives one record at most, however much has come."""
    policies = write_policy(tmp_path / "policies")
    with running_server(policies, tmp_path) as server:
        connection = server.connect()
        connection.connect()
        assert isinstance(connection.sock, ssl.SSLSocket)
        body = json.dumps(review(pod())).encode()
        head = f"POST /mutate HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        connection.sock.sendall(head + body)
        answer = connection.sock.recv(65536)
        connection.close()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"}}")
