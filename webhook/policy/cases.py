"""A policy test as plain, checked data: a pod, and what has to come of it.

A document of tests says `apiVersion: taxiway/v1test`. That line alone makes it one, whatever its
file is called: whoever loads policies passes over it, so that tests stand beside what they test.
"""

from datetime import date
from typing import Any

from msgspec import Struct

VERSION = "taxiway/v1test"


class Given(Struct, frozen=True, kw_only=True):
    """The pod, in one of three ways: a workload in a few words, a whole one, or a file of some."""

    workload: str | None = None
    name: str | None = None
    dag: str | None = None
    task: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    spec: dict[str, Any] = {}
    pod: dict[str, Any] | None = None
    file: str | None = None  # beside the test's own file
    namespace: str | None = None
    user: str | None = None
    govern_all: bool = False  # the namespace is labelled `taxiway/govern: all`


class ExpectedViolation(Struct, frozen=True, kw_only=True):
    """Each key that is given has to fit; `message` is a part of the whole one."""

    rule: str
    message: str | None = None
    path: str | None = None
    mode: str | None = None


class Expected(Struct, frozen=True, kw_only=True):
    """What is given has to hold, the rest may be anything. `asked` holds the keys in order."""

    asked: tuple[str, ...]
    governed: bool | None = None
    workload: str | None = None
    team: str | None = None  # None and asked for: no team
    allowed: bool | None = None
    mode: str | None = None
    violations: tuple[ExpectedViolation, ...] = ()
    warnings: tuple[str, ...] = ()  # a part of each
    pod: dict[str, Any] = {}  # after the patch, by path
    absent: tuple[str, ...] = ()


class Case(Struct, frozen=True, kw_only=True):
    """One test. `line` counts from 0 in its document."""

    name: str
    line: int
    given: Given
    expect: Expected
    now: date | None = None  # UTC; exemptions end with it


class Cases(Struct, frozen=True, kw_only=True):
    """What one document says. A test may be BAD."""

    tests: tuple[Case, ...] = ()
    now: date | None = None  # of those that name no day of their own
