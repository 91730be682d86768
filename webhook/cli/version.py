"""`taxiway version`: this release, and what a bug report needs beside it."""

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

from webhook.cli import exits
from webhook.cli.exits import quiet_broken_pipe

DISTRIBUTION = "taxiway"


def version() -> int:
    with quiet_broken_pipe():
        print(f"taxiway {release()} (Python {platform.python_version()}, {platform.machine()})")
    return exits.OK


def release() -> str:
    """As installed; a checkout that was not installed has none."""
    try:
        return version_of(DISTRIBUTION)
    except PackageNotFoundError:
        return "(not installed)"
