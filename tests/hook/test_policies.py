"""When policies are read, and by which set pods are decided meanwhile."""

import logging
import os
import threading

import pytest

from tests.hook.given import messages
from webhook.hook.policies import Policies, Unavailable
from webhook.sources.directory import Files, Unreadable

GOOD, OTHER = b"apiVersion: taxiway/v1", b"apiVersion: taxiway/v1\nmode: warn"
BAD = b"apiVersion: taxiway/v1\nmoed: warn"
WRONG = "p.yaml:2:1: moed: unknown key; did you mean `mode`?"


class Source:
    """What is stored, how often it was read, and what time it is."""

    def __init__(self, content: bytes | None) -> None:
        self.content = content
        self.reads = 0
        self.now = 0.0

    def read(self) -> Files:
        self.reads += 1
        if self.content is None:
            raise Unreadable("gone")
        return (("p.yaml", self.content),)

    def policies(self) -> Policies:
        return Policies(self.read, 5.0, lambda: self.now)


def test_nothing_is_read_before_the_first_pod() -> None:
    source = Source(GOOD)
    source.policies()
    assert source.reads == 0


def test_it_is_looked_at_again_in_its_time_and_not_for_every_pod() -> None:
    source = Source(GOOD)
    policies = source.policies()
    first = policies.current()
    for source.now in (0.0, 1.0, 4.9):
        assert policies.current() is first
    assert source.reads == 1
    source.now = 5.0
    assert policies.current() is first, "what has not changed is not loaded again"
    assert source.reads == 2


def test_a_new_set_is_taken_up() -> None:
    source = Source(GOOD)
    policies = source.policies()
    assert policies.current().policies.spec.mode == "enforce"
    source.content, source.now = OTHER, 5.0
    assert policies.current().policies.spec.mode == "warn"


TROUBLES = {"it has errors": (BAD, WRONG), "it cannot be read": (None, "gone")}


@pytest.mark.parametrize(("content", "why"), TROUBLES.values(), ids=TROUBLES)
def test_the_last_good_set_stays_and_what_is_wrong_is_said_once(
    content: bytes | None, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    source = Source(GOOD)
    policies = source.policies()
    first = policies.current()
    source.content = content
    for source.now in (5.0, 10.0, 15.0):
        assert policies.current() is first
    assert list(messages(caplog.records)) == [
        ("ERROR", f"taxiway: the last good policies stay in force: {why}")
    ]
    source.content, source.now = OTHER, 20.0
    assert policies.current() is not first


@pytest.mark.parametrize(("content", "why"), TROUBLES.values(), ids=TROUBLES)
def test_without_a_good_set_there_is_none_and_it_is_not_tried_for_every_pod(
    content: bytes | None, why: str
) -> None:
    source = Source(content)
    policies = source.policies()
    for source.now in (0.0, 4.9):
        with pytest.raises(Unavailable) as raised:
            policies.current()
        assert str(raised.value) == why
    assert source.reads == 1
    source.content, source.now = GOOD, 5.0
    assert policies.current() is not None


def test_a_set_that_comes_into_force_is_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "taxiway")
    users = b"\nteams: {a: {members: {users: [x]}}}"
    revision = Source(GOOD + users).policies().current().revision
    assert list(messages(caplog.records)) == [
        ("INFO", f"taxiway: policy set {revision} is in force"),
        ("INFO", "taxiway: `users` of these policies cannot be tested before a pod is sent"),
    ]


def test_threads_go_on_with_what_there_is_while_one_of_them_looks() -> None:
    source, looking, go_on = Source(GOOD), threading.Event(), threading.Event()
    policies = source.policies()
    first = policies.current()

    def slowly() -> Files:
        looking.set()
        assert go_on.wait(30)
        return (("p.yaml", OTHER),)

    policies._read = slowly
    source.now = 5.0
    thread = threading.Thread(target=policies.current)
    thread.start()
    assert looking.wait(30)
    assert policies.current() is first
    go_on.set()
    thread.join(30)
    assert policies.current() is not first


def test_a_forked_task_does_not_wait_for_a_thread_that_it_does_not_have() -> None:
    policies = Source(GOOD).policies()
    policies._lock.acquire()
    child = os.fork()
    if child == 0:
        policies.current()
        os._exit(0)
    policies._lock.release()
    assert os.waitpid(child, 0)[1] == 0
