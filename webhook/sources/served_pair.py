"""The pair that this replica serves, as a file which the serving process looks at every second.

It lies in a directory in memory that only this replica has, so it outlives a restart of the
container and not the pod. Key and certificate are one file, exchanged as a whole.
"""

from pathlib import Path

from webhook.sources.duties import Undone
from webhook.trust.certificates import BadCertificate, Pair, pem_of, read_pair
from webhook.trust.files import put_in_place

UNWRITABLE = (
    "{} cannot be written: {}: give --tls-dir a writable directory, in memory if possible (a "
    "volume emptyDir with medium: Memory)"
)


class ServedPair:
    """`pair` is what the file holds; None: nothing that could be served."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.pair = _there(path)

    def put(self, pair: Pair) -> None:
        """Raises Undone."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            put_in_place(self._path, pair.key.pem + pem_of([pair.certificate]), 0o600)
        except OSError as error:
            raise Undone(UNWRITABLE.format(self._path, error.strerror)) from error
        self.pair = pair


def _there(path: Path) -> Pair | None:
    try:
        content = path.read_bytes()
        return read_pair(content, content)
    except (OSError, BadCertificate):
        return None
