"""Who may speak to the API server of the tests: bearer tokens, kubeconfigs and the key of tokens.

The API server makes its own serving certificate; its file holds the CA too and is what clients
trust. Users other than these are impersonated by the administrator, as `kubectl --as` does.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

# user: the group it is in. The names are those that RBAC's bootstrap roles are bound to.
USERS = {
    "administrator": "system:masters",
    "system:kube-scheduler": "",
    "system:kube-controller-manager": "",
    "kwok": "system:masters",
}


@dataclass(frozen=True)
class Credentials:
    """The files in `folder`, and each user's token."""

    folder: Path
    server: str
    tokens: dict[str, str]

    @property
    def ca(self) -> Path:
        return self.folder / "apiserver.crt"

    @property
    def token_file(self) -> Path:
        return self.folder / "tokens.csv"

    @property
    def service_account_key(self) -> Path:
        return self.folder / "service-account.key"

    def kubeconfig(self, user: str) -> Path:
        return self.folder / f"{user.replace(':', '-')}.kubeconfig"


def make_credentials(folder: Path, server: str) -> Credentials:
    """Write tokens, kubeconfigs and the service account key. `server` is the API server's URL."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Credentials(folder, server, {user: secrets.token_hex(16) for user in USERS})
    rows = (f'{made.tokens[user]},{user},{user},"{group}"\n' for user, group in USERS.items())
    made.token_file.write_text("".join(rows))
    made.service_account_key.write_bytes(
        ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,  # the API server reads no other
            serialization.NoEncryption(),
        )
    )
    for user in USERS:
        made.kubeconfig(user).write_text(json.dumps(_kubeconfig(made, user)))
    return made


def _kubeconfig(made: Credentials, user: str) -> dict[str, object]:
    cluster = {"server": made.server, "certificate-authority": str(made.ca)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "tests",
        "clusters": [{"name": "tests", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": made.tokens[user]}}],
        "contexts": [{"name": "tests", "context": {"cluster": "tests", "user": user}}],
    }
