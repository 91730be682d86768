"""What every replica serves right now, asked of itself: one TLS handshake each, and no request.

Replicas are found by the DNS name of a headless Service, which names those that are not ready too,
or by addresses where there is no such DNS. Nothing of what is shown is trusted: it is compared.
"""

import socket
import ssl
from collections.abc import Sequence

# A replica that cannot complete a handshake in this time would fail the API server's calls too.
ANSWER_SECONDS = 2.0


class Peers:
    """`given`: DNS names or addresses, each with or without `:port`; IPv6 only as a name."""

    def __init__(self, given: Sequence[str], port: int) -> None:
        self._given = given
        self._port = port
        self._context = _context()

    def served(self) -> tuple[bytes | None, ...]:
        """The certificate that each shows, in DER. None: one that does not answer, or no DNS."""
        return tuple(
            None if address is None else self._shown(address)
            for given in self._given
            for address in self._addresses(given)
        )

    def _addresses(self, given: str) -> list[tuple[str, int] | None]:
        host, _, port = given.partition(":")
        try:
            found = socket.getaddrinfo(host, int(port or self._port), type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):  # the second is of a name that cannot be one
            return [None]
        return [(str(address[0]), int(address[1])) for *_, address in found]

    def _shown(self, address: tuple[str, int]) -> bytes | None:
        try:
            with (
                socket.create_connection(address, ANSWER_SECONDS) as plain,
                self._context.wrap_socket(plain) as secured,
            ):
                return secured.getpeercert(binary_form=True)
        except OSError:
            return None


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Here the server shows its certificate before it asks for ours, which a replica has none of.
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    return context
