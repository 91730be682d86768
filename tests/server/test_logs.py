"""Lines of JSON, and what happens when no one reads them."""

import contextlib
import json
import os
import time
from pathlib import Path

import pytest

from tests.server.reviews import pod, review, write_policy
from tests.serving import end, running_server
from webhook.server.logs import MOST_WAITING_BYTES, Clock, Log


def read_all(fileno: int) -> list[dict[str, object]]:
    with os.fdopen(fileno, "rb") as file:
        return [json.loads(line) for line in file]


def test_lines_come_in_order_and_whole() -> None:
    reader, writer = os.pipe()
    log = Log(writer, lambda: "now")
    log.line({"n": 1})
    log.event("info", "start", port=8443)
    log.line({"n": 2})
    log.close()
    os.close(writer)
    assert read_all(reader) == [
        {"n": 1},
        {"time": "now", "level": "info", "event": "start", "port": 8443},
        {"n": 2},
    ]
    assert log.dropped == 0


def test_what_some_readers_take_for_a_line_end_is_escaped() -> None:
    reader, writer = os.pipe()
    log = Log(writer, lambda: "now")
    log.line({"dag": "a\u2028b\u2029c\u0085d é"})
    log.close()
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        text = file.read().decode()
    assert text == '{"dag":"a\\u2028b\\u2029c\\u0085d é"}\n'


def test_urgent_lines_of_a_storm_share_a_flush() -> None:
    reader, writer = os.pipe()
    log = Log(writer, lambda: "now")
    asked: list[float] = []
    log.attach(lambda seconds, _flush: asked.append(seconds))
    for number in range(100):
        log.urgent({"n": number})
    assert asked == [0.01]
    log.flush()
    log.urgent({"n": 100})
    assert asked == [0.01, 0.01]
    log.close()
    os.close(writer)
    assert len(read_all(reader)) == 101


def test_a_reader_that_does_not_read_costs_lines_and_never_time() -> None:
    reader, writer = os.pipe()
    log = Log(writer, lambda: "now")
    line = {"text": "x" * 1000}
    started = time.monotonic()
    for _ in range(2 * MOST_WAITING_BYTES // 1000):
        log.line(line)
        log.flush()
    assert time.monotonic() - started < 5
    assert log.dropped > MOST_WAITING_BYTES // 2000
    os.close(reader)
    log.close()
    os.close(writer)


def test_a_reader_that_is_gone_costs_lines_and_never_the_process() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    log = Log(writer, lambda: "now")
    log.line({"n": 1})
    log.close()
    log.line({"n": 2})
    log.flush()
    assert log.dropped == 1
    os.close(writer)


def test_a_pipe_that_someone_made_non_blocking_is_written_to_all_the_same() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    log = Log(writer, lambda: "now")
    for _ in range(200):  # more than a pipe's 64 KiB
        log.line({"text": "x" * 1000})
    log.flush()
    os.set_blocking(reader, True)
    received = b""
    while received.count(b"\n") < 200:
        received += os.read(reader, 65536)
    log.close()
    os.close(reader)
    os.close(writer)
    assert log.dropped == 0


TIMES = {
    "the beginning": (0.0, "1970-01-01T00:00:00.000Z"),
    "milliseconds": (1_700_000_000.25, "2023-11-14T22:13:20.250Z"),
    "just before a second": (1_700_000_000.9999, "2023-11-14T22:13:20.999Z"),
}


@pytest.mark.parametrize(("seconds", "text"), TIMES.values(), ids=TIMES.keys())
def test_the_time_as_rfc_3339(seconds: float, text: str) -> None:
    assert Clock(lambda: seconds)() == text


def test_the_second_is_not_remembered_for_too_long() -> None:
    seconds = [10.5, 11.25]
    clock = Clock(lambda: seconds[0])
    clock()
    seconds.pop(0)
    assert clock() == "1970-01-01T00:00:11.250Z"


def test_the_service_goes_on_when_its_output_is_stuck_and_when_it_is_gone(tmp_path: Path) -> None:
    """A pipe of 64 KiB that no one empties, then one that no one holds."""
    policies = write_policy(tmp_path / "policies")
    reader, writer = os.pipe()
    with running_server(policies, tmp_path, wait=False, stdout=writer) as server:
        os.close(writer)
        line = b""
        while b'"serving"' not in line:
            line = os.read(reader, 65536)
        serving = next(json.loads(each) for each in line.splitlines() if b'"serving"' in each)
        server.port, server.ops_port = serving["port"], serving["ops_port"]
        body = json.dumps(review(pod())).encode()
        connection = server.connect()
        for _ in range(600):  # 0.3 KiB of log each
            connection.request("POST", "/mutate", body)
            assert connection.getresponse().read()
        os.close(reader)
        for _ in range(50):
            connection.request("POST", "/mutate", body)
            assert connection.getresponse().read()
        connection.close()
        with contextlib.suppress(OSError):
            end(server.process)
        assert server.process.returncode == 0
