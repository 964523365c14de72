"""Writes that a reader never sees half of."""

import os
import stat
from pathlib import Path

import pytest

from archsearch.files import remove_drafts, replacing, write_bytes, write_text


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
