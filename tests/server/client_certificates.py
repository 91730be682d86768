"""Client certificates for tests: the API server would show one of its own."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey


class ClientAuthority:
    """A CA with one client: `certificate` is the CA's, `client` the client's pair."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.certificate = directory / "ca.crt"
        self.client = (directory / "client.crt", directory / "client.key")
        ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        name = f"CA {directory.name}"
        authority = _signed(name, name, ca_key, ca_key, None)
        client = _signed("kube-apiserver", name, key, ca_key, ExtendedKeyUsageOID.CLIENT_AUTH)
        self.certificate.write_bytes(authority)
        self.client[0].write_bytes(client)
        self.client[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )


def _signed(
    subject: str, issuer: str, key: Key, issuer_key: Key, usage: x509.ObjectIdentifier | None
) -> bytes:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=usage is None, path_length=None), critical=True)
    )
    if usage is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
