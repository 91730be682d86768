"""The pair that a replica serves: one file, its owner's alone."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webhook.sources.duties import Undone
from webhook.sources.served_pair import ServedPair
from webhook.trust.certificates import made_authority, made_server

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CA = made_authority("Taxiway CA", NOW, DAY)
PAIR = made_server(CA, ["taxiway.airflow.svc"], NOW, DAY)


def test_it_is_one_file_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    file = tmp_path / "tls" / "tls.pem"
    ServedPair(file).put(PAIR)
    assert [path.name for path in file.parent.iterdir()] == ["tls.pem"]
    assert oct(file.stat().st_mode & 0o777) == "0o600"


def test_a_loader_that_starts_again_knows_what_is_served(tmp_path: Path) -> None:
    file = tmp_path / "tls.pem"
    assert ServedPair(file).pair is None
    ServedPair(file).put(PAIR)
    assert ServedPair(file).pair == PAIR


@pytest.mark.parametrize(
    "content", [b"", b"garbage", PAIR.key.pem], ids=["empty", "garbage", "half"]
)
def test_what_cannot_be_served_is_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "tls.pem"
    file.write_bytes(content)
    assert ServedPair(file).pair is None


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("a file where a directory should be")
    file = tmp_path / "tls" / "tls.pem"
    served = ServedPair(file)
    with pytest.raises(Undone) as caught:
        served.put(PAIR)
    assert str(caught.value) == (
        f"{file} cannot be written: File exists: give --tls-dir a writable directory, in memory "
        "if possible (a volume emptyDir with medium: Memory)"
    )
    assert served.pair is None
