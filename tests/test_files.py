"""Writes that a reader never sees half of."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from archsearch.errors import WriteError
from archsearch.files import remove_drafts, replacing, reserve, room, write_bytes, write_text

unix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of this")


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    write_text(tmp_path / "deep" / "a.txt", "ä\n")
    assert (tmp_path / "deep" / "a.txt").read_bytes() == "ä\n".encode()


def half_a_write(target: Path) -> None:
    with replacing(target) as temporary:
        temporary.write_bytes(b"half of the n")
        raise RuntimeError


def test_a_failed_write_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "metrics.json"
    write_bytes(target, b"old")
    with pytest.raises(RuntimeError):
        half_a_write(target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


@unix
def test_who_reads_while_a_file_is_written_goes_on_with_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "metrics.json"
    write_bytes(target, b"the old content")
    with target.open("rb", buffering=0) as reader:
        begun = reader.read(4)
        write_bytes(target, b"new")
        assert begun + reader.read() == b"the old content"
    assert target.read_bytes() == b"new"


def test_the_temporary_file_keeps_the_suffix_and_lies_beside(tmp_path: Path) -> None:
    with replacing(tmp_path / "a.png") as temporary:
        assert temporary.suffix == ".png"
        assert temporary.parent == tmp_path


def test_drafts_of_the_killed_go_and_those_of_other_files_stay(tmp_path: Path) -> None:
    target, others = tmp_path / "a[1].png", {"a[1].png", "a1.png", ".a1-12345678.png", ".a[1].png"}
    for name in others:
        (tmp_path / name).touch()
    with replacing(target) as temporary:
        write_bytes(target, temporary.name.encode())
    (tmp_path / target.read_bytes().decode()).touch()  # as a kill leaves it
    remove_drafts(target)
    assert {path.name for path in tmp_path.iterdir()} == others


def test_permissions_follow_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "a", "")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


KILLED = """
import os, signal, sys
from pathlib import Path
from archsearch.files import replacing

with replacing(Path(sys.argv[1])) as temporary:
    temporary.write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@unix
def test_the_next_write_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    target = tmp_path / "index.html"
    subprocess.run([sys.executable, "-c", KILLED, str(target)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    write_bytes(target, b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_draft_whose_writer_lives_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "index.html"
    with replacing(target) as temporary:
        temporary.write_bytes(b"slow")
        write_bytes(target, b"quick")
        assert temporary.exists()
    assert target.read_bytes() == b"slow"


@unix
def test_a_disk_that_is_full_is_told_with_the_room_there_is(tmp_path: Path) -> None:
    target = tmp_path / "metrics.json"
    write_bytes(target, b"old")

    def full() -> None:
        with replacing(target, size=1_234):
            Path("/dev/full").write_bytes(b"x")

    with pytest.raises(WriteError) as caught:
        full()
    assert caught.value.exit_code == 1
    told = f"{target} can't be written: No space left on device (1,234 bytes are needed, "
    assert caught.value.what.startswith(told)
    assert caught.value.what.endswith(" are free)")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


def test_room_that_cannot_be_seen_is_told(tmp_path: Path) -> None:
    told = "3 bytes are needed, an unknown number of bytes are free"
    assert room(tmp_path / "gone" / "a", size=3) == told


@unix
def test_a_limit_of_the_system_is_told(tmp_path: Path) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(WriteError, match=r"a\.bin can't be written: File too large"):
            write_bytes(tmp_path / "a.bin", b"x" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", ["a", "a/b"])
def test_a_folder_or_a_file_in_the_way_is_told(tmp_path: Path, there: str) -> None:
    if there == "a":
        (tmp_path / "a").mkdir()
    else:
        (tmp_path / "a").write_text("")
    with pytest.raises(WriteError, match="can't be written: "):
        write_text(tmp_path / there, "x")


@unix
@pytest.mark.parametrize("can", [True, False], ids=["reserved", "written"])
def test_a_reserved_file_has_all_its_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, can: bool
) -> None:
    if not can:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.write(b"header")
        file.truncate(3_000_000)
    reserve(path)
    assert path.stat().st_blocks * 512 >= 3_000_000
    assert path.read_bytes() == b"header" + bytes(3_000_000 - 6)
