"""One service for all tests that leave it as they found it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.reviews import write_policy
from tests.serving import Server, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """With the small policy."""
    directory: Path = tmp_path_factory.mktemp("server")
    with running_server(write_policy(directory / "policies"), directory) as running:
        yield running
