"""Which files are policies, and when they have come to rest."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from webhook.sources.directory import REREAD_SECONDS, Files, Unreadable, Watch, listing, read
from webhook.sources.quiet import LONGEST_WAIT_SECONDS, QUIET_SECONDS


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def contents(found: Files | Unreadable | None) -> dict[str, bytes] | str | None:
    if isinstance(found, Unreadable):
        return str(found)
    return None if found is None else {Path(name).name: content for name, content in found}


def link_to_file(directory: Path) -> None:
    (directory / "..data").mkdir()
    (directory / "..data" / "x.yaml").write_text("a")
    (directory / "x.yaml").symlink_to("..data/x.yaml")


def fifo(directory: Path) -> None:
    os.mkfifo(directory / "x.yaml")


KINDS: dict[str, tuple[Callable[[Path], object], list[str]]] = {
    "a .yaml file is read": (lambda d: (d / "x.yaml").write_text("a"), ["x.yaml"]),
    "a .yml file is read": (lambda d: (d / "x.yml").write_text("a"), ["x.yml"]),
    "a link to a file is read": (link_to_file, ["x.yaml"]),
    "a .json file is not": (lambda d: (d / "x.json").write_text("a"), []),
    "an editor's backup is not": (lambda d: (d / "x.yaml~").write_text("a"), []),
    "a hidden file is not": (lambda d: (d / ".x.yaml").write_text("a"), []),
    "a directory is not": (lambda d: (d / "x.yaml").mkdir(), []),
    "a hidden link that leads nowhere is not": (lambda d: (d / "..x.yaml").symlink_to("gone"), []),
    "a pipe, which would never end, is not": (fifo, []),
}


@pytest.mark.parametrize(("make", "names"), KINDS.values(), ids=KINDS.keys())
def test_what_is_a_policy_file(
    tmp_path: Path, make: Callable[[Path], object], names: list[str]
) -> None:
    make(tmp_path)
    found = listing(tmp_path)
    assert [entry.name for entry in found] == names
    assert len(read(tmp_path, found)) == len(names)


def test_files_come_by_name(tmp_path: Path) -> None:
    for name in ("b.yaml", "c.yml", "a.yaml"):
        (tmp_path / name).write_text(name)
    assert read(tmp_path, listing(tmp_path)) == (
        (str(tmp_path / "a.yaml"), b"a.yaml"),
        (str(tmp_path / "b.yaml"), b"b.yaml"),
        (str(tmp_path / "c.yml"), b"c.yml"),
    )


def test_a_name_that_is_not_utf_8_is_written_out(tmp_path: Path, time: Time) -> None:
    (tmp_path / os.fsdecode(b"\xff.yaml")).write_text("a")
    found = Watch(tmp_path, time).poll()
    assert found == ((f"{tmp_path}/\\xff.yaml", b"a"),)


def loop(directory: Path) -> None:
    (directory / "x.yaml").symlink_to("x.yaml")


def unreadable_contents(directory: Path) -> None:
    """A regular file whose first byte cannot be read, whoever asks."""
    (directory / "x.yaml").symlink_to("/proc/self/mem")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "a link that leads nowhere": (
        lambda d: (d / "x.yaml").symlink_to("gone"),
        "it links to gone, which is not there; mend or delete the link",
    ),
    "a link that leads to itself": (loop, "Too many levels of symbolic links"),
    "a file whose contents cannot be read": (unreadable_contents, "Input/output error"),
}


@pytest.mark.parametrize(("make", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_the_file_that_cannot_be_read_is_named(
    tmp_path: Path, make: Callable[[Path], object], why: str
) -> None:
    make(tmp_path)
    with pytest.raises(Unreadable) as raised:
        read(tmp_path, listing(tmp_path))
    assert str(raised.value) == f"{tmp_path}/x.yaml: cannot be read: {why}"


def test_more_than_64_mib_are_no_policy_directory(tmp_path: Path) -> None:
    with (tmp_path / "x.yaml").open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(Unreadable) as raised:
        read(tmp_path, listing(tmp_path))
    assert str(raised.value) == (
        f"{tmp_path}: holds more than 64 MiB of YAML: is it the right one?"
    )


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def watch(tmp_path: Path, time: Time) -> Watch:
    (tmp_path / "x.yaml").write_text("1")
    return Watch(tmp_path, time)


def test_what_is_there_at_the_start_is_read_at_once(watch: Watch) -> None:
    assert contents(watch.poll()) == {"x.yaml": b"1"}
    assert watch.poll() is None


def test_a_change_is_read_when_it_has_been_quiet_for_300_ms(
    watch: Watch, tmp_path: Path, time: Time
) -> None:
    watch.poll()
    (tmp_path / "x.yaml").write_text("22")
    assert watch.poll() is None
    time.now += QUIET_SECONDS - 0.01
    assert watch.poll() is None
    time.now += 0.02
    assert contents(watch.poll()) == {"x.yaml": b"22"}


def test_a_team_that_moves_from_file_to_file_is_one_load(
    watch: Watch, tmp_path: Path, time: Time
) -> None:
    watch.poll()
    (tmp_path / "x.yaml").unlink()
    assert watch.poll() is None
    time.now += 0.25
    (tmp_path / "y.yaml").write_text("1")
    assert watch.poll() is None
    time.now += 0.25
    assert watch.poll() is None
    time.now += 0.25
    assert contents(watch.poll()) == {"y.yaml": b"1"}


def test_a_file_that_never_rests_keeps_the_others_waiting_for_2_s_at_most(
    watch: Watch, tmp_path: Path, time: Time
) -> None:
    watch.poll()
    started, size = time.now, 0
    found = None
    while found is None:
        size += 1
        (tmp_path / "x.yaml").write_text("x" * size)
        found = watch.poll()
        time.now += 0.1
    assert LONGEST_WAIT_SECONDS <= time.now - started < LONGEST_WAIT_SECONDS + 0.3


def test_a_file_that_is_touched_is_no_change(watch: Watch, tmp_path: Path, time: Time) -> None:
    watch.poll()
    os.utime(tmp_path / "x.yaml", (1, 1))
    assert watch.poll() is None
    time.now += QUIET_SECONDS + 0.01
    assert watch.poll() is None


def test_a_change_that_leaves_no_trace_is_found_by_its_contents(
    watch: Watch, tmp_path: Path, time: Time
) -> None:
    file = tmp_path / "x.yaml"
    before = file.stat()
    watch.poll()
    file.write_text("2")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert watch.poll() is None
    time.now += REREAD_SECONDS
    assert contents(watch.poll()) == {"x.yaml": b"2"}


def test_a_link_that_leads_nowhere_is_told_when_it_stays_and_not_before(
    watch: Watch, tmp_path: Path, time: Time
) -> None:
    """A key that a ConfigMap volume loses is such a link until the kubelet has deleted it."""
    watch.poll()
    link = tmp_path / "y.yaml"
    link.symlink_to("..data/y.yaml")
    assert watch.poll() is None
    link.unlink()
    time.now += QUIET_SECONDS + 0.01
    assert watch.poll() is None
    time.now += QUIET_SECONDS + 0.01
    assert watch.poll() is None
    link.symlink_to("..data/y.yaml")
    assert watch.poll() is None
    time.now += QUIET_SECONDS + 0.01
    assert contents(watch.poll()) == (
        f"{link}: cannot be read: it links to ..data/y.yaml, which is not there; mend or delete "
        "the link"
    )


def test_a_directory_that_goes_is_told_once_and_so_is_its_return(
    watch: Watch, tmp_path: Path, time: Time
) -> None:
    watch.poll()
    (tmp_path / "x.yaml").unlink()
    tmp_path.rmdir()
    watch.poll()
    time.now += QUIET_SECONDS + 0.01
    gone = f"{tmp_path}: cannot be read: No such file or directory"
    assert contents(watch.poll()) == gone
    time.now += REREAD_SECONDS
    assert watch.poll() is None
    tmp_path.mkdir()
    (tmp_path / "x.yaml").write_text("1")
    watch.poll()
    time.now += QUIET_SECONDS + 0.01
    assert contents(watch.poll()) == {"x.yaml": b"1"}


def test_a_directory_without_policies_is_told_as_empty(tmp_path: Path, time: Time) -> None:
    assert Watch(tmp_path, time).poll() == ()
