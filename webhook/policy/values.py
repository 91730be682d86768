"""`match` compiled: all keys are ANDed, the values of a key ORed, each value may be a glob."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from webhook.airflow.ids import safe_label_value
from webhook.kube.pod import Labels
from webhook.policy.globs import compile_glob, is_exact, is_prefix
from webhook.policy.spec import Match

_SERVICE_ACCOUNT = "system:serviceaccount:"


class Facts(Struct, gc=False):
    """What a `match` can ask about one request. None is known of nothing: it matches no value."""

    workload: str
    namespace: str
    labels: Labels
    dag: str | None = None
    team: str | None = None
    user: str | None = None

    def account(self) -> str | None:
        """`account_key` of a user that is a service account of the request's own namespace."""
        user = self.user
        if user is None or not user.startswith(_SERVICE_ACCOUNT):
            return None
        namespace, _, name = user[len(_SERVICE_ACCOUNT) :].partition(":")
        return account_key(name) if namespace == self.namespace else None


class Values:
    """The values of one key: exact names in a set, prefixes in one test, other globs in theirs."""

    __slots__ = ("exact", "prefixes", "tests")

    def __init__(self, globs: Iterable[str]) -> None:
        every = tuple(globs)
        self.exact = frozenset(filter(is_exact, every))
        self.prefixes = tuple(glob[:-1] for glob in every if is_prefix(glob))
        self.tests: tuple[Callable[[str], object], ...] = tuple(
            compile_glob(glob) for glob in every if not is_exact(glob) and not is_prefix(glob)
        )

    @property
    def has_globs(self) -> bool:
        return bool(self.prefixes or self.tests)

    def hold(self, value: str | None) -> bool:
        if value is None:
            return False
        if value in self.exact or value.startswith(self.prefixes):
            return True
        return bool(self.tests) and any(test(value) for test in self.tests)


class CompiledMatch:
    """A `match` block that answers whether it holds for the facts of a request."""

    __slots__ = ("_labels", "_tests")

    def __init__(self, match: Match) -> None:
        self._labels = tuple((key, Values(globs)) for key, globs in match.labels.items())
        given = (
            (match.workloads, _workload),
            (match.namespaces, _namespace),
            (as_labelled(match.dags), _dag),
            (match.teams, _team),
            (match.users, _user),
        )
        self._tests = tuple((Values(globs), fact) for globs, fact in given if globs)

    def holds(self, facts: Facts) -> bool:
        for key, values in self._labels:
            if not values.hold(facts.labels.get(key)):
                return False
        return all(values.hold(fact(facts)) for values, fact in self._tests)


def as_labelled(dags: Iterable[str]) -> tuple[str, ...]:
    """Dags as written, and each exact one also in the form that a pod's label has of it."""
    written = tuple(dags)
    return tuple(dict.fromkeys((*written, *map(safe_label_value, filter(is_exact, written)))))


def account_key(name: str) -> str:
    """A service account, in whatever namespace the request is, as a value that no user name is."""
    return f"\0{name}"


def _workload(facts: Facts) -> str | None:
    return facts.workload


def _namespace(facts: Facts) -> str | None:
    return facts.namespace


def _dag(facts: Facts) -> str | None:
    return facts.dag


def _team(facts: Facts) -> str | None:
    return facts.team


def _user(facts: Facts) -> str | None:
    return facts.user
