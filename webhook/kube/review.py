"""The parts of an `admission.k8s.io/v1` AdmissionReview request that Taxiway reads.

Source: Kubernetes API reference, admission/v1 AdmissionReview.
"""

from msgspec import Struct

from webhook.kube.pod import Pod


class UserInfo(Struct, rename="camel", frozen=True, gc=False):
    username: str | None = None
    groups: list[str] | None = None


class AdmissionRequest(Struct, rename="camel", frozen=True, gc=False):
    """One request about a Pod. `pod` is the request's `object`, `old_pod` its `oldObject`."""

    uid: str
    operation: str  # CREATE | UPDATE (others are answered before a pod is decoded)
    pod: Pod
    namespace: str = "default"
    name: str | None = None
    old_pod: Pod | None = None
    user: str | None = None  # request.userInfo.username; None where there is no request
    dry_run: bool = False
    from_cluster: bool = False  # a pod read back from a cluster: it is bound to a node already
    size: int = 0  # bytes of the review; 0 where there is none

    def pod_name(self) -> str | None:
        """The pod's name; at CREATE a pod may have its generateName alone."""
        meta = self.pod.metadata
        return meta.name or self.name or meta.generate_name
