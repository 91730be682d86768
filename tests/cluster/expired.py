"""A service account's token that was good once: signed by the cluster's own key, and expired.

The API server gives none that lives for less than ten minutes, so the test signs as it does.
Source: RFC 7515 for the form, and KEP-1205 for the claims of a bound token.
"""

import base64
import json
import time

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.cluster.api import Object
from tests.cluster.control_plane import ISSUER
from tests.cluster.credentials import Credentials

HALF_BYTES = 32  # r and s of a signature on P-256
LEEWAY_SECONDS = 60  # that the API server grants to clocks
LIFE_SECONDS = 600


def expired_token(credentials: Credentials, account: Object) -> str:
    """Of this ServiceAccount; it ended a moment ago, leeway included."""
    return signed_token(credentials, account, time.time() - LEEWAY_SECONDS - 2)


def signed_token(credentials: Credentials, account: Object, ends: float) -> str:
    meta = account["metadata"]
    claims = {
        "iss": ISSUER,
        "aud": [ISSUER],
        "iat": int(ends) - LIFE_SECONDS,
        "nbf": int(ends) - LIFE_SECONDS,
        "exp": int(ends),
        "sub": f"system:serviceaccount:{meta['namespace']}:{meta['name']}",
        "kubernetes.io": {
            "namespace": meta["namespace"],
            "serviceaccount": {"name": meta["name"], "uid": meta["uid"]},
        },
    }
    head = _encoded(json.dumps({"alg": "ES256"}).encode())
    body = f"{head}.{_encoded(json.dumps(claims).encode())}"
    return f"{body}.{_encoded(_signature(credentials, body.encode()))}"


def _signature(credentials: Credentials, text: bytes) -> bytes:
    key = serialization.load_pem_private_key(credentials.service_account_key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    parts = decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
    return b"".join(part.to_bytes(HALF_BYTES) for part in parts)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
