"""The composition root of `serve`: makes the parts, joins them, and runs them on one loop.

Start: the ports are opened at once, so that probes get an answer; ready is said when the first
policy set is in force, a request has gone through the warm path, and the admission port has
answered through its own front door.

End, on SIGTERM or SIGINT: readiness fails first; everything that comes is still answered, with
`Connection: close`, for as long as endpoints take to be withdrawn; then the ports are closed, and
requests that are under way are finished. A SIGINT during that ends the process at once.
"""

import asyncio
import logging
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import uvloop
from uvicorn.server import ServerState

from webhook import __version__
from webhook.admission import ENDPOINTS, answer
from webhook.cli import exits
from webhook.cli.admitting import GuardReport, admitting
from webhook.cli.reports import CertificateReport, PolicyReport, traffic
from webhook.cli.serve import ServeSettings
from webhook.cli.shadow_report import shadowing
from webhook.server.application import Application, Today
from webhook.server.bodies import SWEEP_SECONDS, Bodies
from webhook.server.denials import Denials
from webhook.server.direct import DirectProtocol
from webhook.server.health import CertificateHealth, Health
from webhook.server.listener import listening, server
from webhook.server.logs import FLUSH_SECONDS, Clock, Log
from webhook.server.metrics import Metrics
from webhook.server.monitoring import monitoring
from webhook.server.observer import Observer
from webhook.server.people import Asgi, People
from webhook.server.policy_reviews import reviewing
from webhook.server.probe import answers
from webhook.server.protocol import cut_the_slow
from webhook.server.request_log import RequestLog
from webhook.server.shadow_page import Page
from webhook.server.team_sightings import TeamSightings
from webhook.server.tls import BadCredentials, LiveCredentials, TlsFiles
from webhook.server.troubles import Troubles
from webhook.sources.follower import Follower, settle
from webhook.sources.history import History
from webhook.sources.planned_follower import PlannedFollower
from webhook.sources.process import LoaderProcess, end_loader, start_loader
from webhook.sources.questions import Questions

ENDED_AT_ONCE = 130  # what a shell says of a process that SIGINT ended: 128 + 2
BUG = 1
CHORES_SECONDS = 1.0
PROBE_EVERY_SECONDS = 10.0
FIRST_PROBE_EVERY_SECONDS = 0.05
# One probe may fail because the machine is busy; a replica that left for that would make it worse
# for those that stay.
PROBE_STRIKES = 3
NOWHERE = -1  # a closed standard output: its number may be another file's by now
# 1,024 connections on the one port, some on the other, and what Python has open.
OPEN_FILES = 4096
# A pod of the simplest kind, to be decided once before any other is: a first request is cold.
WARM_UP = b"""{"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {
"uid": "warm-up", "operation": "CREATE", "namespace": "default",
"kind": {"group": "", "version": "v1", "kind": "Pod"},
"object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "warm-up",
"labels": {"kubernetes_pod_operator": "True", "dag_id": "warm-up", "task_id": "warm-up"}},
"spec": {"containers": [{"name": "base"}]}}}}"""


def run(settings: ServeSettings, loader: LoaderProcess) -> int:
    """Serve until a signal comes. Returns the exit code."""
    _raise_file_limit()
    log = Log(sys.stdout.fileno() if sys.stdout else NOWHERE, Clock())
    files = TlsFiles(*settings.tls_pair, settings.client_ca)
    try:
        live = LiveCredentials(files, lambda: datetime.now(UTC), may_wait=settings.is_managed)
        ports = [listening(settings.host, port) for port in (settings.port, settings.ops_port)]
    except BadCredentials as error:
        return _cannot_start(str(error), log, loader)
    except OSError as error:
        why = f"{error.strerror}; choose another by --host, --port or --ops-port"
        return _cannot_start(why, log, loader)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        code = runner.run(Service(settings, log, live, ports).run(loader))
    log.close()
    return code


def _cannot_start(reason: str, log: Log, loader: LoaderProcess) -> int:
    log.event("error", "cannot-start", reason=reason)
    end_loader(loader)
    log.close()
    return exits.BAD_INPUT


class Service:
    """All parts of one replica, joined. `ports`: that of admission, and the second."""

    def __init__(
        self,
        settings: ServeSettings,
        log: Log,
        live: LiveCredentials,
        ports: list[socket.socket],
    ) -> None:
        self._settings = settings
        self._log = log
        self._live = live
        self._ports = ports
        self._metrics = Metrics()
        self._troubles = Troubles(log, self._metrics)
        expires = None if live.current is None else live.current.expires
        self._health = Health(time.time, CertificateHealth(expires))
        self._history = History(time.monotonic)
        self._bodies = Bodies(time.monotonic)
        denials = Denials()
        requests = RequestLog(log, settings.log_ignored)
        sightings = TeamSightings(time.monotonic)
        self._observer = Observer(log, requests, self._metrics, denials, sightings)
        self._admitting = admitting(settings)
        self._questions = Questions()
        reviews = reviewing(self._questions.judge, sightings)
        self._application = Application(
            self._history, self._bodies, self._observer, self._admitting, reviews
        )
        self._admission = server(self._application, self._troubles, live.context, DirectProtocol)
        self._shadow = shadowing(
            self._history,
            self._application,
            settings.shadow_share,
            log,
            self._metrics,
            self._health,
        )
        people = People(
            monitoring(self._health, self._metrics),
            partial(_for_people, denials, self._shadow.page),
        )
        self._people = server(people, self._troubles)
        self._guard = GuardReport(log, settings.guard_labels)
        self._metrics.gauges += [
            self._health.gauges,
            self._guard.gauges,
            self._shadow.gauges,
            traffic(self._admission, self._bodies, log),
        ]

    async def run(self, loader: LoaderProcess) -> int:
        """Until a signal comes and the drain is over, or something fails that must not."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._troubles.in_loop)
        logging.basicConfig(handlers=[self._troubles], level=logging.WARNING, force=True)
        self._log.attach(loop.call_later)
        self._observer.attach(loop.call_soon)
        ended = self._on_signals(loop)
        report = PolicyReport(self._log, self._health, self._metrics, self._guard, self._warm_up)
        start = partial(start_loader, self._settings.origin)
        planned = PlannedFollower(self._history, self._shadow)
        follower = Follower(self._history, report, start, planned, self._questions)
        background = [
            asyncio.create_task(follower.run(loader)),
            asyncio.create_task(self._probe()),
        ]
        servers = [
            asyncio.create_task(self._admission.serve(self._ports[:1])),
            asyncio.create_task(self._people.serve(self._ports[1:])),
        ]
        self._do_chores(loop)
        settle()
        self._say_serving()
        waiting = asyncio.create_task(ended.wait())
        await asyncio.wait([*background, *servers, waiting], return_when="FIRST_COMPLETED")
        code = exits.OK if ended.is_set() else self._say_broken([*background, *servers])
        await self._drain(servers)
        for task in background:
            task.cancel()
        await asyncio.gather(*background, waiting, return_exceptions=True)
        self._log.event("info", "ended", code=code)
        return code

    async def _drain(self, servers: list[asyncio.Task[None]]) -> None:
        """Fail readiness, go on answering, then close."""
        self._health.is_draining = True
        self._application.is_draining = True
        self._questions.leave()
        self._log.event("info", "draining", seconds=self._settings.drain_seconds)
        await asyncio.sleep(self._settings.drain_seconds)
        self._application.is_over = True
        for each, task in zip((self._admission, self._people), servers, strict=True):
            each.should_exit = True
            await asyncio.wait([task])

    def _on_signals(self, loop: asyncio.AbstractEventLoop) -> asyncio.Event:
        """An event that the first signal sets."""
        ended = asyncio.Event()

        def ask(name: str) -> None:
            if ended.is_set() and name == "SIGINT":
                self._observer.settle()
                self._log.event("warning", "ended-at-once", signal=name)
                self._log.close()
                os._exit(ENDED_AT_ONCE)
            self._log.event("info", "signal", signal=name)
            ended.set()

        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, ask, each.name)
        return ended

    def _do_chores(self, loop: asyncio.AbstractEventLoop) -> None:
        certificate = CertificateReport(self._log, self._health, self._metrics, self._live)
        _every(loop, SWEEP_SECONDS, self._bodies.sweep)
        _every(loop, FLUSH_SECONDS, self._log.flush)
        _every(loop, CHORES_SECONDS, certificate.refresh)
        _every(loop, CHORES_SECONDS, self._history.forget)
        for each in (self._admission, self._people):
            _every(loop, CHORES_SECONDS, partial(_cut_the_slow, loop, each.server_state))

    async def _probe(self) -> None:
        """Ask the admission port, often until it answers, then now and then."""
        may_ask = self._settings.client_ca is None
        address = self._ports[0].getsockname()[:2]
        strikes = 0

        async def answer_now() -> bool:
            served = self._live.current
            return served is not None and await answers(address, served.der, may_ask)

        while not await answer_now():
            await asyncio.sleep(FIRST_PROBE_EVERY_SECONDS)
        while True:
            self._health.listener_answers = strikes < PROBE_STRIKES
            await asyncio.sleep(CHORES_SECONDS if strikes else PROBE_EVERY_SECONDS)
            strikes = 0 if await answer_now() else strikes + 1

    def _warm_up(self) -> None:
        today = Today()()
        for endpoint in ENDPOINTS.values():
            answer(endpoint, WARM_UP, self._history, today, self._admitting)

    def _say_serving(self) -> None:
        port, ops_port = (each.getsockname()[1] for each in self._ports)
        self._log.event("info", "serving", version=__version__, port=port, ops_port=ops_port)

    def _say_broken(self, tasks: list[asyncio.Task[None]]) -> int:
        """A part has ended that never should: a bug."""
        for task in tasks:
            if task.done():
                self._troubles.in_loop(task.get_loop(), {"exception": task.exception()})
        return BUG


def _for_people(denials: Denials, shadow: Callable[[], Page]) -> Asgi:
    from webhook.server import ops  # and with it FastAPI: see `people`

    return ops.application(denials, shadow)


def _every(loop: asyncio.AbstractEventLoop, seconds: float, chore: Callable[[], None]) -> None:
    """Do it again and again; if it fails, the loop's exception handler tells, and it goes on."""

    def turn() -> None:
        loop.call_later(seconds, turn)
        chore()

    loop.call_later(seconds, turn)


def _raise_file_limit() -> None:
    """To what we may need, or as far as we may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _cut_the_slow(loop: asyncio.AbstractEventLoop, state: ServerState) -> None:
    cut_the_slow(state, loop.time())
