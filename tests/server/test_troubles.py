"""What goes wrong outside of requests is told seldom, counted always, and without a value."""

import json
import logging
import os
from collections.abc import Callable

from webhook.server.logs import Log
from webhook.server.metrics import Metrics
from webhook.server.troubles import QUIET_SECONDS, Seldom, Troubles

MARK = "s3cr3t"


def test_the_first_of_a_kind_is_let_through_and_then_one_in_10_s_with_a_count() -> None:
    now = [0.0]
    seldom = Seldom(lambda: now[0])
    said = [seldom("a"), seldom("a"), seldom("b"), seldom("a")]
    now[0] = QUIET_SECONDS
    assert [*said, seldom("a"), seldom("a"), seldom("b")] == [0, None, 0, None, 2, None, 0]


def written(say: Callable[[Troubles], None]) -> list[dict[str, object]]:
    """The lines that come of this."""
    reader, writer = os.pipe()
    log = Log(writer, lambda: "now")
    say(Troubles(log, Metrics()))
    log.close()
    os.close(writer)
    with os.fdopen(reader) as file:
        return [json.loads(line) for line in file]


def fail() -> Exception:
    try:
        raise ValueError(MARK)
    except ValueError as error:
        return error


def test_a_bug_in_the_loop_is_told_by_its_kind_and_place() -> None:
    context = {"message": "Task exception was never retrieved", "exception": fail()}
    (line,) = written(lambda troubles: troubles.in_loop(None, context))
    assert (line["event"], line["error"]) == ("bug-in-loop", "ValueError")
    assert str(line["places"]).endswith("fail']")
    assert MARK not in json.dumps(line)


def test_a_line_of_a_library_is_told_without_its_arguments() -> None:
    record = logging.LogRecord(
        "uvicorn.error", logging.WARNING, __file__, 1, "Bad thing: %s", (MARK,), None
    )
    (line,) = written(lambda troubles: troubles.emit(record))
    assert line == {
        "time": "now",
        "level": "warning",
        "event": "library",
        "logger": "uvicorn.error",
        "message": "Bad thing: %s",
    }


def test_a_storm_of_the_same_is_one_line_and_all_are_counted() -> None:
    metrics = Metrics()
    reader, writer = os.pipe()
    log = Log(writer, lambda: "now")
    troubles = Troubles(log, metrics)
    for _ in range(1000):
        troubles.cut("head-too-large")
    log.close()
    os.close(writer)
    with os.fdopen(reader) as file:
        assert len(file.readlines()) == 1
    assert metrics.events["taxiway_connections_cut", "head-too-large"] == 1000
