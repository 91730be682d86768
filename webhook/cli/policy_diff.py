"""`taxiway diff OLD NEW`: what a change of policy does to pods, before it is made.

Every pod of a corpus is decided by both sets, as its author sent it; see `corpus` and, for pods
that Taxiway has placed already, `as_sent`. Nothing is compared with what happened at the time.
"""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from msgspec import Struct

from webhook.cli import exits
from webhook.cli.compared import Compared, compare
from webhook.cli.corpus import Corpus
from webhook.cli.exits import complain, quiet_broken_pipe
from webhook.cli.policies import read_policies
from webhook.cli.policy_diff_json import diff_json
from webhook.cli.policy_diff_markdown import diff_markdown
from webhook.cli.policy_diff_text import Sets, diff_rows
from webhook.cli.progress import progress
from webhook.cli.subject import Refusal
from webhook.cli.terminal import Terminal, printable
from webhook.engine import Engine
from webhook.policy.compile import compile_policy
from webhook.policy.documents import Cache
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import load
from webhook.policy.users import names_users
from webhook.sources.directory import Unreadable

EVERY = 250  # pods between two looks at the progress bar: some 50 ms
NOTHING = "nothing to compare by: the corpus holds no pod; without one, no change of policy shows"


class DiffSettings(Struct, frozen=True, kw_only=True):
    old: Path
    new: Path
    today: date  # UTC; exemptions end with it
    output: str = "text"  # text | json | markdown
    examples: int = 3  # shown of each kind
    is_allowed: bool = False  # newly denied pods are no failure


def diff(settings: DiffSettings, corpora: Iterable[Corpus]) -> int:
    """The exit code; see `exits`."""
    engines = _engines(settings)
    if engines is None:
        return exits.BAD_INPUT
    found, notes = Compared(), list[str]()
    try:
        for corpus in corpora:
            _compare_all(engines, corpus, settings.today, found)
            notes += corpus.notes
    except Unreadable as error:
        complain(str(error))
        return exits.BAD_INPUT
    if not found.pods:
        complain(NOTHING)
        return exits.BAD_INPUT
    old, new = engines
    sets = Sets(str(settings.old), old.revision, str(settings.new), new.revision)
    users = names_users(old.policies.spec) or names_users(new.policies.spec)
    with quiet_broken_pipe():
        _print(found, sets, [*_notes(found, users=users), *notes], settings)
    if found.refused:
        return exits.BAD_INPUT
    return exits.DENIED if found.kinds["newly-denied"] and not settings.is_allowed else exits.OK


def _engines(settings: DiffSettings) -> tuple[Engine, Engine] | None:
    """Both sets; what is alike in them is read and indexed once. None: the reasons were printed."""
    cache: Cache = {}
    try:
        old = compile_policy(load(read_policies(settings.old), cache=cache).spec)
        new = compile_policy(load(read_policies(settings.new), cache=cache).spec, old)
        return Engine(old), Engine(new)
    except (Unreadable, PolicyErrors) as error:
        complain(str(error))
        return None


def _compare_all(
    engines: tuple[Engine, Engine], corpus: Corpus, today: date, into: Compared
) -> None:
    with progress(corpus.total) as advance:
        for at, case in enumerate(corpus.cases()):
            if isinstance(case, Refusal):
                into.refused += 1
                complain(printable(str(case)))
            else:
                compare(*engines, case, today, into)
            if at % EVERY == 0:
                advance(corpus.read, f"{into.pods:,} pods, {into.differing:,} differ")


def _notes(found: Compared, *, users: bool) -> Iterable[str]:
    """What a reader has to know to trust the figures."""
    if found.without_user and users:
        yield (
            f"nobody knows who made {found.without_user:,} of the pods: members.users and "
            "match.users of these policies could not be tested on them"
        )
    if found.placed:
        yield (
            f"{found.placed:,} of the pods had been placed already: what OLD gives was taken off "
            "them first. What an author had written the same counts as given"
        )
    if found.unsure:
        yield (
            f"{found.unsure:,} of those were placed by another policy set than OLD: what that set "
            "gave and OLD does not is still on them, and may look like a conflict or as another "
            "team's. Differences of theirs are marked as not sure; an audit log has pods as sent"
        )
    if found.refused:
        yield f"{found.refused:,} could not be read, and were not compared: see standard error"


def _print(found: Compared, sets: Sets, notes: list[str], settings: DiffSettings) -> None:
    if settings.output == "json":
        print(diff_json(found, sets, notes, settings.examples))
    elif settings.output == "markdown":
        print("\n".join(diff_markdown(found, sets, notes, settings.examples)))
    else:
        sys.stdout.flush()
        terminal = Terminal()
        terminal.rows(diff_rows(found, sets, notes, settings.examples, terminal.wrap_at))
