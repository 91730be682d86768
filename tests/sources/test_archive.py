"""What is packed comes back, and whatever else is given for an archive is refused."""

import gzip
import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webhook.sources.archive import MOST_BYTES, Damaged, packed, unpacked

FILES = (("one/a.yaml", b"apiVersion: taxiway/v1\n"), ("two/b.yml", b"\xff"))
names = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=300)
archives = st.dictionaries(names.map("x/{}.yaml".format), st.binary(max_size=2000), max_size=5)


@given(archives)
def test_what_is_packed_comes_back(files: dict[str, bytes]) -> None:
    given_files = tuple(sorted(files.items()))
    assert unpacked(packed(given_files)) == given_files


def test_the_same_files_give_the_same_archive() -> None:
    assert packed(FILES) == packed(FILES)
    assert packed(FILES) != packed(FILES[:1])


def tar_of(*entries: tarfile.TarInfo) -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as tar:
        for entry in entries:
            tar.addfile(entry)
    return gzip.compress(whole.getvalue())


def link() -> tarfile.TarInfo:
    entry = tarfile.TarInfo("one/a.yaml")
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
    return entry


TOO_LONG = f"it ends too early, or holds more than {MOST_BYTES} bytes"
DAMAGED = {
    "nothing": (b"", TOO_LONG),
    "no gzip": (b"nonsense", "error: Error -3 while decompressing data: incorrect header check"),
    "half of one": (packed(FILES)[:-20], TOO_LONG),
    "gigabytes of nothing": (gzip.compress(bytes(MOST_BYTES + 1)), TOO_LONG),
    "no tar": (gzip.compress(b"nonsense" * 100), "ReadError: invalid header"),
}


@pytest.mark.parametrize(("archive", "said"), DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_no_archive_is_said_to_be_none(archive: bytes, said: str) -> None:
    with pytest.raises(Damaged) as raised:
        unpacked(archive)
    assert str(raised.value) == said


def test_links_are_no_files() -> None:
    assert unpacked(tar_of(link())) == ()
