"""The policy files of one directory, and when they have changed.

A policy file is a regular file, or a symbolic link to one, whose name ends in `.yaml` or `.yml`
and does not begin with a dot. Subdirectories are not read. That fits a ConfigMap volume, where
`policy.yaml` links to `..data/policy.yaml`, and `..data` is exchanged for all keys at once.

Such a link that leads nowhere is an error: a file of teams is missing, and nobody would notice. In
a ConfigMap volume a key that is taken away is one for a moment, since `..data` is exchanged first
(Kubernetes' pkg/volume/util/atomic_writer.go), which ends before the directory has come to rest.

Changes are found by listing, not by inotify: a swap of `..data` gives no event for the links
that lead through it, network file systems give none at all, and a listing of a few files four
times a second costs nothing that could be measured. Because a rewrite can leave time, size and
inode as they were, contents are compared as well, every few seconds.

A file's name is any bytes to Linux. One that is not UTF-8 is named with those bytes written out
(`\\xff.yaml`), because the name goes into errors, logs and frames, which are UTF-8.
"""

import os
import stat
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from webhook.sources.quiet import Quiet

SUFFIXES = (".yaml", ".yml")
# 10,000 teams take about 3 MiB, and all ConfigMaps that one etcd (2 GiB) could hold beside its
# other contents are far from the rest: more than this is no policy directory.
MOST_BYTES = 64 * 1024 * 1024
REREAD_SECONDS = 5.0  # contents are compared this often even if nothing seems to have changed

Files = tuple[tuple[str, bytes], ...]


class Entry(NamedTuple):
    name: str
    modified_ns: int
    size: int
    inode: int


Listing = tuple[Entry, ...]


class Unreadable(Exception):
    """The directory cannot be read as a whole; the message says why, in one line."""


def listing(directory: Path) -> Listing:
    """The policy files there are, by name. Raises Unreadable."""
    try:
        paths = sorted(path for path in directory.iterdir() if _is_policy(path.name))
    except OSError as error:
        raise _unreadable(directory, error) from error
    return tuple(entry for path in paths if (entry := _entry(path)))


def read(directory: Path, entries: Listing) -> Files:
    """The contents of these files, named by their paths. Raises Unreadable."""
    if sum(entry.size for entry in entries) > MOST_BYTES:
        limit = MOST_BYTES // 2**20
        raise Unreadable(f"{directory}: holds more than {limit} MiB of YAML: is it the right one?")
    paths = [directory / entry.name for entry in entries]
    return tuple((shown(path), _contents(path)) for path in paths)


def shown(path: Path) -> str:
    """How a file is named: its path, and what of it is not UTF-8 written out."""
    return os.fsencode(path).decode(errors="backslashreplace")


def digest(files: Files) -> bytes:
    """Of names and contents: equal when a load would give the same."""
    total = sha256()
    for name, content in files:
        total.update(f"{len(name)} {len(content)} {name}".encode())
        total.update(content)
    return total.digest()


class Watch:
    """Says when the directory has changed and come to rest. `clock` gives seconds, monotonic."""

    trouble: str | None = None  # a directory that cannot be read is a failed load

    def __init__(self, directory: Path, clock: Callable[[], float]) -> None:
        self._directory = directory
        self._clock = clock
        self._quiet = Quiet(clock)
        self._loaded: bytes | None = None
        self._read_last = 0.0
        self._listed_last: float | None = None

    def poll(self) -> Files | Unreadable | None:
        """New contents, or why there are none; None while there is nothing new to tell."""
        try:
            now_there: Listing | str = listing(self._directory)
            self._listed_last = self._clock()
        except Unreadable as error:
            now_there = str(error)
        self._quiet.note(now_there)
        if not self._due():
            return None
        return self._failed(now_there) if isinstance(now_there, str) else self._read(now_there)

    def stored(self) -> None:
        """No ConfigMaps."""

    def plan(self) -> None:
        """Nothing: a shadow is a label, and files have none."""

    def age(self) -> float | None:
        """Seconds since the directory could last be listed; None: it never could."""
        return None if self._listed_last is None else self._clock() - self._listed_last

    def _due(self) -> bool:
        if self._quiet.is_changed:
            return self._quiet.is_over()
        return self._clock() - self._read_last >= REREAD_SECONDS

    def _read(self, entries: Listing) -> Files | Unreadable | None:
        try:
            files = read(self._directory, entries)
            if listing(self._directory) != entries:
                return None  # exchanged meanwhile: half of the old and half of the new
        except Unreadable as error:
            return self._failed(str(error))
        return files if self._is_new(digest(files)) else None

    def _failed(self, reason: str) -> Unreadable | None:
        return Unreadable(reason) if self._is_new(reason.encode()) else None

    def _is_new(self, contents: bytes) -> bool:
        self._quiet.loaded()
        self._read_last = self._clock()
        if contents == self._loaded:
            return False
        self._loaded = contents
        return True


def _is_policy(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.startswith(".")


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> Unreadable:
    return Unreadable(f"{shown(path)}: cannot be read: {error.strerror}")


def _entry(path: Path) -> Entry | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        _raise_if_link(path)
        return None  # gone since it was listed
    except OSError as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        return None
    return Entry(path.name, found.st_mtime_ns, found.st_size, found.st_ino)


def _raise_if_link(path: Path) -> None:
    """Of what leads nowhere. Raises Unreadable."""
    try:
        target = path.readlink()
    except OSError:
        return
    raise Unreadable(
        f"{shown(path)}: cannot be read: it links to {shown(target)}, which is not there; mend or "
        "delete the link"
    )
