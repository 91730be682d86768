"""The policies of a directory or of one file, for commands that read them once and end."""

from pathlib import Path

from webhook.cli.exits import complain
from webhook.policy.errors import PolicyErrors
from webhook.policy.load import Loaded, load
from webhook.sources.directory import SUFFIXES, Files, Unreadable, listing, read, shown


def read_policies(where: Path) -> Files:
    """Name and content of each file. Raises Unreadable, with what to do."""
    if not where.exists():
        raise Unreadable(f"{where}: there is no such directory; give one that holds policies")
    if not where.is_dir():
        return _one(where)  # a pipe too: `taxiway lint <(helm template ...)`
    files = read(where, listing(where))
    if not files:
        ends = " or ".join(SUFFIXES)
        raise Unreadable(f"{where}: no file in it ends in {ends}; policies are read from those")
    return files


def load_policies(where: Path) -> Loaded | None:
    """None when they are not good; then every reason was printed."""
    try:
        return load(read_policies(where))
    except Unreadable as error:
        complain(str(error))
    except PolicyErrors as errors:
        complain(str(errors))
    return None


def _one(file: Path) -> Files:
    try:
        return ((shown(file), file.read_bytes()),)
    except OSError as error:
        raise Unreadable(f"{shown(file)}: cannot be read: {error.strerror}") from error
