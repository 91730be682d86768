"""`taxiway review`: what Taxiway would do with these pods, without a cluster and without a server.

Each pod is shown as it is read. What cannot be read is named on standard error, and everything
else is reviewed all the same.
"""

import sys
from datetime import date
from pathlib import Path

from msgspec import Struct

from webhook.cli import exits, show
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.json_lines import json_line
from webhook.cli.objects import Found
from webhook.cli.pods import found_in
from webhook.cli.policies import load_policies
from webhook.cli.subject import Defaults, Refusal
from webhook.cli.terminal import Terminal, paragraph, printable
from webhook.cli.verdict import PatchFailed, Verdict, judge
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.spec import PolicySpec
from webhook.policy.users import names_users

NO_USER = "no --user was given: members.users and match.users of these policies could not be tested"


class ReviewSettings(Struct, frozen=True, kw_only=True):
    policies: Path
    files: tuple[str, ...]
    today: date  # UTC; exemptions end with it
    user: str | None = None
    namespace: str | None = None
    govern_all: bool = False
    as_json: bool = False


def review(settings: ReviewSettings) -> int:
    """The exit code; see `exits`."""
    loaded = load_policies(settings.policies)
    if loaded is None:
        return exits.BAD_INPUT
    engine = Engine(compile_policy(loaded.spec))
    with quiet_broken_pipe():
        tally = _print_all(engine, settings)
        _close(tally, engine.revision, settings, loaded.spec)
    return tally.exit_code()


class _Tally(Struct):
    results: list[tuple[str, bool]]
    refused: int = 0
    users_untested: bool = False

    def exit_code(self) -> int:
        if self.refused:
            return exits.BAD_INPUT
        denied = any(ended == show.DENIED for ended, _ in self.results)
        return exits.DENIED if denied else exits.OK


def _print_all(engine: Engine, settings: ReviewSettings) -> _Tally:
    tally = _Tally([])
    terminal = Terminal()
    docs = engine.policies.spec.docs
    defaults = Defaults(namespace=settings.namespace, user=settings.user)
    for found in found_in(settings.files, defaults):
        verdict = _judged(engine, found, settings)
        if isinstance(verdict, Refusal):
            tally.refused += 1
            sys.stdout.flush()  # so that on a terminal it stands where it belongs
            complain(printable(str(verdict)))
            continue
        if settings.as_json:
            print(json_line(verdict), flush=True)
        else:
            terminal.rows(show.pod_rows(verdict, docs, terminal.wrap_at))
        tally.results.append((show.result(verdict), bool(verdict.patch)))
        if verdict.workload is not None and verdict.subject.request.user is None:
            tally.users_untested = True
    return tally


def _judged(engine: Engine, found: Found, settings: ReviewSettings) -> Verdict | Refusal:
    if isinstance(found, Refusal):
        return found
    try:
        return judge(engine, found, settings.today, govern_all=settings.govern_all)
    except PatchFailed as error:
        return Refusal(found.origin, str(error))


def _close(tally: _Tally, revision: str, settings: ReviewSettings, spec: PolicySpec) -> None:
    """What is said once. JSON Lines stay pods alone, so there it goes to standard error."""
    note = tally.users_untested and names_users(spec)
    if settings.as_json:
        if note:
            complain(NO_USER)
        return
    terminal = Terminal()
    rows = paragraph("note  ", NO_USER, terminal.wrap_at, "yellow") if note else []
    terminal.rows([*rows, show.summary(tally.results, tally.refused, revision)])
