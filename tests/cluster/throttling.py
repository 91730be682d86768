"""API priority and fairness that lets an account do one thing at a time, while that is being done.

A level without a share of its own still lets one request in when it has nothing else to do. That
one is a PATCH whose body never comes: as long as it is waited for, all others get 429.
"""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.cluster.api import Api, Object, trusting
from tests.cluster.credentials import Credentials
from tests.cluster.world import of
from tests.serving import until

API_VERSION = "flowcontrol.apiserver.k8s.io/v1"
LISTS, PAUSE_SECONDS = 5, 0.1  # other requests of the account are shorter than all of these
SCHEMA_HEADER = "X-Kubernetes-PF-FlowSchema-UID"  # which schema a request fell under


@contextmanager
def throttled(api: Api, credentials: Credentials, account: str, namespace: str) -> Iterator[None]:
    """Every request of this account gets 429. It may PATCH a ConfigMap `taxiway-status`."""
    level, schema = busy_level(), schema_for(account, namespace)
    api.create(level).made()
    uid = api.create(schema).made()["metadata"]["uid"]
    calls = _Calls(credentials, api.token(account, namespace), namespace)
    try:
        until("the schema is in force", lambda: calls.list()[1] == uid)
        until("the account is throttled", calls.throttle)
        yield
    finally:
        for thing in (schema, level):
            api.delete(thing).made()
        until("the account is served", lambda: calls.list()[0] == 200)
        calls.end()


def busy_level() -> Object:
    return of(API_VERSION, "PriorityLevelConfiguration", "busy") | {
        "spec": {
            "type": "Limited",
            "limited": {
                "nominalConcurrencyShares": 0,
                "lendablePercent": 0,
                "borrowingLimitPercent": 0,
                "limitResponse": {"type": "Reject"},
            },
        }
    }


def schema_for(account: str, namespace: str) -> Object:
    """All that this account does falls under the busy level."""
    subject = {
        "kind": "ServiceAccount",
        "serviceAccount": {"name": account, "namespace": namespace},
    }
    rule = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "namespaces": ["*"]}
    return of(API_VERSION, "FlowSchema", "busy") | {
        "spec": {
            "priorityLevelConfiguration": {"name": "busy"},
            "matchingPrecedence": 2,  # 1 is kept for what is never throttled
            "rules": [{"subjects": [subject], "resourceRules": [rule]}],
        }
    }


class _Calls:
    def __init__(self, credentials: Credentials, token: str, namespace: str) -> None:
        self._address = credentials.server.removeprefix("https://")
        self._context = trusting(credentials.ca)
        self._headers = {"authorization": f"Bearer {token}"}
        self._path = f"/api/v1/namespaces/{namespace}/configmaps"
        self._endless = self._connection()

    def list(self) -> tuple[int, str | None]:
        """The status, and the flow schema that it fell under."""
        connection = self._connection()
        connection.request("GET", self._path, headers=self._headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader(SCHEMA_HEADER)

    def throttle(self) -> bool:
        """Begin a request without an end. Returns whether it is the one that is let in.

        It is not where another was just then; and for a moment after the schema has come into
        force, what is let in does not always count.
        """
        more = {"content-type": "application/merge-patch+json", "content-length": "2"}
        self._endless = self._connection()
        self._endless.request(
            "PATCH", f"{self._path}/taxiway-status", b"", {**self._headers, **more}
        )
        for _ in range(LISTS):
            time.sleep(PAUSE_SECONDS)
            if self.list()[0] != 429:
                self._endless.close()
                return False
        return True

    def end(self) -> None:
        self._endless.close()

    def _connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._address, timeout=10, context=self._context)
