"""The API server as the tests speak to it: one call, the status and the object that came back."""

import json
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.cluster.credentials import Credentials

Object = dict[str, Any]
CALL_SECONDS = 40  # an API call's own limit is 34 s; each webhook's is shorter

# kind: the path of its collection, and whether it is in a namespace
COLLECTIONS = {
    "Pod": "/api/v1/namespaces/{}/pods",
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
    "Event": "/api/v1/namespaces/{}/events",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments",
    "DaemonSet": "/apis/apps/v1/namespaces/{}/daemonsets",
    "CronJob": "/apis/batch/v1/namespaces/{}/cronjobs",
    "PolicyReport": "/apis/wgpolicyk8s.io/v1alpha2/namespaces/{}/policyreports",
    "Job": "/apis/batch/v1/namespaces/{}/jobs",
    "Namespace": "/api/v1/namespaces",
    "Node": "/api/v1/nodes",
    "PriorityClass": "/apis/scheduling.k8s.io/v1/priorityclasses",
    "RuntimeClass": "/apis/node.k8s.io/v1/runtimeclasses",
    "SubjectAccessReview": "/apis/authorization.k8s.io/v1/subjectaccessreviews",
    "Secret": "/api/v1/namespaces/{}/secrets",
    "Lease": "/apis/coordination.k8s.io/v1/namespaces/{}/leases",
    "Role": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings",
    "FlowSchema": "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
    "PriorityLevelConfiguration": (
        "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations"
    ),
    "ClusterRole": "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "ClusterRoleBinding": "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "MutatingWebhookConfiguration": (
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
    ),
    "MutatingAdmissionPolicy": ("/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"),
    "MutatingAdmissionPolicyBinding": (
        "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings"
    ),
    "ValidatingAdmissionPolicy": (
        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies"
    ),
    "ValidatingAdmissionPolicyBinding": (
        "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings"
    ),
    "ValidatingWebhookConfiguration": (
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    ),
}
PATCHES = {
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
    "strategic": "application/strategic-merge-patch+json",
}


@dataclass(frozen=True)
class Reply:
    """What the API server said: the object, or a Status where `code` is 400 or more."""

    code: int
    body: Object
    warnings: tuple[str, ...] = ()

    @property
    def refusal(self) -> tuple[int, str | None, str]:
        """Code, reason and message of a refusal, as Airflow gets them."""
        return self.body["code"], self.body.get("reason"), self.body["message"]

    def made(self) -> Object:
        """The object; fails the test with the whole Status where there is none."""
        assert self.code < 400, f"refused: {self.body}"
        return self.body


class Api:
    """Calls as the administrator, or `user` where one is given (impersonated)."""

    def __init__(self, credentials: Credentials) -> None:
        self._client = httpx.Client(
            base_url=credentials.server,
            verify=trusting(credentials.ca),
            headers={"authorization": f"Bearer {credentials.tokens['administrator']}"},
            timeout=CALL_SECONDS,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def is_ready(self) -> bool:
        try:
            return self._client.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def create(self, thing: Object, *, user: str | None = None, dry_run: bool = False) -> Reply:
        params = {"dryRun": "All"} if dry_run else {}
        namespace = thing["metadata"].get("namespace", "default")
        path = COLLECTIONS[thing["kind"]].format(namespace)
        return self._call("POST", path, user=user, params=params, json=thing)

    def get(self, kind: str, name: str, namespace: str = "default") -> Reply:
        return self._call("GET", f"{COLLECTIONS[kind].format(namespace)}/{name}")

    def list(self, kind: str, namespace: str = "default", labels: str = "") -> list[Object]:
        path, params = COLLECTIONS[kind].format(namespace), {"labelSelector": labels}
        items: list[Object] = self._call("GET", path, params=params).made()["items"]
        return items

    def replace(self, thing: Object, *, user: str | None = None) -> Reply:
        meta = thing["metadata"]
        path = COLLECTIONS[thing["kind"]].format(meta.get("namespace", "default"))
        return self._call("PUT", f"{path}/{meta['name']}", user=user, json=thing)

    def patch(
        self,
        thing: Object,
        patch: Any,
        *,
        how: str = "merge",
        user: str | None = None,
        part: str = "",
    ) -> Reply:
        """Change a stored object; `how` is one of PATCHES, `part` a subresource."""
        meta = thing["metadata"]
        path = COLLECTIONS[thing["kind"]].format(meta.get("namespace", "default"))
        return self._call(
            "PATCH",
            f"{path}/{meta['name']}/{part}".rstrip("/"),
            user=user,
            content=json.dumps(patch),
            headers={"content-type": PATCHES[how]},
        )

    def delete(self, thing: Object, *, user: str | None = None) -> Reply:
        """Delete at once: no kubelet is here that would end a pod in its grace period."""
        meta = thing["metadata"]
        path = COLLECTIONS[thing["kind"]].format(meta.get("namespace", "default"))
        params = {"gracePeriodSeconds": "0", "propagationPolicy": "Background"}
        return self._call("DELETE", f"{path}/{meta['name']}", user=user, params=params)

    def token(self, account: str, namespace: str, *, bound_to: Object | None = None) -> str:
        """A token of this service account, for an hour; `bound_to` a pod, as a kubelet's is."""
        path = f"{COLLECTIONS['ServiceAccount'].format(namespace)}/{account}/token"
        asked: Object = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
        if bound_to is not None:
            name, uid = (bound_to["metadata"][key] for key in ("name", "uid"))
            pod = {"apiVersion": "v1", "kind": "Pod", "name": name, "uid": uid}
            asked |= {"spec": {"boundObjectRef": pod}}
        return str(self._call("POST", path, json=asked).made()["status"]["token"])

    def _call(self, method: str, path: str, *, user: str | None = None, **more: Any) -> Reply:
        headers = more.pop("headers", {}) | ({"impersonate-user": user} if user else {})
        answer = self._client.request(method, path, headers=headers, **more)
        warnings = answer.headers.get_list("warning")
        return Reply(answer.status_code, answer.json(), tuple(warnings))


def trusting(ca: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca))
