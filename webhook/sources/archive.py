"""A policy set's files as one compressed archive, and back: pure.

The archive is a `tar.gz` of the files as people wrote them, under the names that errors give them.
It is not the compiled set: another version of Taxiway must be able to read it after an upgrade,
and a person without Taxiway must, to put it back. The same files give the same bytes.
"""

import gzip
import io
import tarfile
import zlib

from webhook.policy import limits
from webhook.sources.directory import Files

# A set at its limits, and for each file a header, a longer name and padding: 512 bytes each.
MOST_BYTES = limits.SET_BYTES + limits.FILES * 4 * 512
LEVEL = 6  # 10,000 teams take 0.15 s
GZIP = 31  # zlib's name for gzip's own header: 15 bits of window and 16


class Damaged(Exception):
    """What should be an archive is none; one line says why."""


def packed(files: Files) -> bytes:
    """These files as a `tar.gz`."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return gzip.compress(whole.getvalue(), LEVEL, mtime=0)


def unpacked(archive: bytes) -> Files:
    """Its files, by name. Raises Damaged."""
    try:
        with tarfile.open(fileobj=io.BytesIO(_inflated(archive)), mode="r:") as tar:
            entries = [entry for entry in tar if entry.isfile()]
            if sum(entry.size for entry in entries) > MOST_BYTES:  # a sparse file's size is free
                raise Damaged(f"its files are to be larger than {MOST_BYTES} bytes")
            files = ((entry.name, tar.extractfile(entry)) for entry in entries)
            return tuple(sorted((name, file.read()) for name, file in files if file))
    except (tarfile.TarError, zlib.error, EOFError, ValueError) as error:
        raise Damaged(f"{type(error).__name__}: {error}") from error


def _inflated(archive: bytes) -> bytes:
    """Never more than a policy set may have: a few bytes can stand for gigabytes."""
    inflating = zlib.decompressobj(GZIP)
    whole = inflating.decompress(archive, MOST_BYTES)
    if not inflating.eof:
        raise Damaged(f"it ends too early, or holds more than {MOST_BYTES} bytes")
    return whole
