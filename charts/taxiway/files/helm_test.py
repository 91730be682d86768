"""What `helm test` runs in a pod: is the release ready, and does it answer as the API server asks?

By environment: READY_URL (the second port), REVIEW_URL (admission) and CA (a file; where it is not
there, whoever issued the certificate is taken on trust, and the API server alone will tell).
"""

import json
import os
import ssl
import urllib.request
from pathlib import Path

PATIENCE_SECONDS = 10
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "helm-test", "labels": {"kubernetes_pod_operator": "True"}},
    "spec": {"containers": [{"name": "base"}]},
}
REQUEST = {
    "uid": "helm-test",
    "kind": {"group": "", "version": "v1", "kind": "Pod"},
    "operation": "CREATE",
    "namespace": "helm-test",
    "object": POD,
}
REVIEW = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": REQUEST}


def trusting(ca: Path) -> ssl.SSLContext:
    if ca.is_file():
        context = ssl.create_default_context(cafile=str(ca))
        # Since Python 3.13 it is strict about a certificate's form; the API server is not.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        return context
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def asked(request: urllib.request.Request, context: ssl.SSLContext | None = None) -> bytes:
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS, context=context) as answer:
        body: bytes = answer.read()
        return body


ready = json.loads(asked(urllib.request.Request(os.environ["READY_URL"])))
print(f"ready, by policy set {ready['policy']['revision']}")
review = urllib.request.Request(os.environ["REVIEW_URL"], json.dumps(REVIEW).encode())
response = json.loads(asked(review, trusting(Path(os.environ["CA"]))))["response"]
if response["uid"] != REQUEST["uid"] or not response["allowed"]:
    raise SystemExit(f"/mutate does not answer as it must: {response}")
print(f"/mutate answers: {'a patch' if 'patch' in response else 'nothing to change'}")
