"""One thread's way to the API server: requests by the Kubernetes client, errors in our own words.

The generic ApiClient is called, since the client's models would add 0.5 s and 65 MiB. After any
error the client is made anew from the files that it was made from: a token that has expired and a
certificate authority that has changed are read again.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import urllib3
from kubernetes import __version__ as RELEASE  # noqa: N812  it is a constant
from kubernetes import config
from kubernetes.client import ApiClient, ApiException, Configuration
from msgspec import Struct

from webhook import __version__
from webhook.sources.api_errors import ApiError, Refused, Unreachable
from webhook.sources.api_server_trust import trusting

# What one answer may hold: all ConfigMaps that a policy set may be of, with what `kubectl apply`
# repeats in an annotation.
MOST_BYTES = 64 * 1024 * 1024
MOST_WORDS = 300  # characters of what the API server says
JSON = "application/json"
USER_AGENT = f"taxiway/{__version__}"  # in audit logs, and as whose an object's fields are
GOOD = (200, 201)  # here it is; it was made
# Beside an Airflow there may be no other: its provider says which.
TOO_OLD = (
    f"the Python package kubernetes is of release {RELEASE}, and 37 or later is needed: install "
    "taxiway into an environment of its own"
)

Query = list[tuple[str, str]]
Seconds = tuple[float, float]  # to connect, and between two reads


class Status(Struct, frozen=True):
    message: str | None = None
    reason: str | None = None


class Connection:
    """One caller; each thread has its own. `kubeconfig`: None is the pod's own account.

    `context` is one of the kubeconfig's; None: its current one.
    """

    def __init__(self, kubeconfig: Path | None, context: str | None = None) -> None:
        self._kubeconfig = kubeconfig
        self._context = context
        self._client: ApiClient | None = None

    def open(
        self,
        method: str,
        path: str,
        seconds: Seconds,
        *,
        query: Query | None = None,
        accept: str = JSON,
        content: tuple[str, Any] | None = None,
    ) -> Any:
        """The response, its body not read yet. `content`: its type, and plain data.

        Raises Refused, and whatever the client does: call it inside `telling`.
        """
        if self._client is None:
            if not hasattr(ApiClient, "param_serialize"):
                raise Unreachable(TOO_OLD)
            self._client = trusting(configured(self._kubeconfig, self._context))
            self._client.user_agent = USER_AGENT
        kind, body = content or (None, None)
        request = self._client.param_serialize(
            method,
            path,
            query_params=query or [],
            header_params={"Accept": accept} | ({"Content-Type": kind} if kind else {}),
            body=body,
            auth_settings=["BearerToken"],
        )
        response = self._client.call_api(*request, _request_timeout=seconds).response
        if response.status not in GOOD:
            raise _refusal(response)
        return response

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Say in our own words what the client raises, and have a new one afterwards."""
        try:
            yield
        except Exception as error:
            if self._client is not None:
                self._client.close()
                self._client = None
            told = _told(error)
            if told is error:
                raise
            raise told from error


def whole(response: Any) -> bytes:
    """The body of a response. Raises Unreachable where it is too large."""
    try:
        body: bytes = response.read(MOST_BYTES + 1)
    finally:
        response.release_conn()
    if len(body) > MOST_BYTES:
        raise Unreachable(f"they are over {MOST_BYTES // 2**20} MiB: delete some")
    return body


def configured(kubeconfig: Path | None, context: str | None = None) -> Configuration:
    """How to reach the API server: by this file, else as a pod, else as kubectl would."""
    made = Configuration()
    if kubeconfig is None and context is None and os.environ.get("KUBERNETES_SERVICE_HOST"):
        config.load_incluster_config(made)
    else:
        _by_file(kubeconfig, context, made)
    # When to ask again is decided where it is known what for; the client would wait by itself.
    made.retries = False
    return made


def _by_file(kubeconfig: Path | None, context: str | None, into: Configuration) -> None:
    """Raises ConfigException, also for what the client trips over: it takes the file as it is."""
    try:
        config.load_kube_config(
            None if kubeconfig is None else str(kubeconfig),
            context,
            client_configuration=into,
            persist_config=False,
        )
    except (config.ConfigException, OSError):
        raise
    except Exception as error:
        # Its words may quote the file, and so a token.
        raise config.ConfigException(
            f"{kubeconfig or 'what KUBECONFIG names'} is no kubeconfig ({type(error).__name__}): "
            "write it anew, as `kubectl config view` shows a good one"
        ) from error


def _refusal(response: Any) -> Refused:
    body = response.read(MOST_WORDS * 10)
    response.release_conn()
    try:
        said = msgspec.json.decode(body, type=Status).message or ""
    except msgspec.DecodeError:
        said = ""  # somebody else's page: a proxy's
    after = response.headers.get("Retry-After", "")
    status = f"HTTP {response.status} {response.reason or ''}".rstrip()
    words = " ".join(said.split())[:MOST_WORDS]
    message = f"{status}: {words}" if words else status
    return Refused(response.status, message, float(after) if after.isdecimal() else 0.0)


def _told(error: Exception) -> Exception:
    """The same error where it is one of ours, or a bug."""
    match error:
        case ApiException():
            return _of_client(error)
        case config.ConfigException():
            # After the path in the file the client shows what stands there: a token, say. Its full
            # stop goes, because a caller may add what to do.
            why = str(error).partition("/{")[0].removesuffix(".")
            return Unreachable(f"the way to the API server is not known: {why}")
        case urllib3.exceptions.NewConnectionError():  # a TimeoutError too, whatever its cause
            return Unreachable(f"the API server cannot be reached: {_cause(error)}")
        case urllib3.exceptions.TimeoutError() | TimeoutError():
            return Unreachable("the API server does not answer")
        case urllib3.exceptions.HTTPError() | OSError():
            return Unreachable(f"the API server cannot be reached: {_cause(error)}")
        case msgspec.DecodeError():
            return Unreachable(f"the API server's answer is none: {error}")
    return error


def _of_client(error: ApiException) -> ApiError:
    """Status 0: the client could not even ask, for a reason of TLS; else a watch's ERROR event."""
    words = " ".join(str(error.reason).split())[:MOST_WORDS]
    if not error.status:
        return Unreachable(f"the API server cannot be reached: {words}")
    return Refused(error.status, f"HTTP {error.status}: {words}")


def _cause(error: BaseException) -> str:
    """The operating system's own words, which are the same each time."""
    deepest = error
    while deepest.__cause__ is not None or deepest.__context__ is not None:
        deepest = deepest.__cause__ or deepest.__context__ or deepest
    if isinstance(deepest, OSError) and deepest.strerror:
        return deepest.strerror
    return type(error).__name__
