"""IDX files: read as they are, or refused."""

import gzip
from pathlib import Path

import numpy as np
import pytest

from archsearch.data.idx import read_idx

WHOLE = bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, *range(6)])


def read(folder: Path, content: bytes) -> np.ndarray:
    path = folder / "made.gz"
    path.write_bytes(gzip.compress(content))
    return read_idx(path)


def test_sizes_then_bytes(tmp_path: Path) -> None:
    assert read(tmp_path, WHOLE).tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize("length", range(12))
def test_a_header_that_ends_too_early_is_refused(tmp_path: Path, length: int) -> None:
    with pytest.raises(ValueError, match=r"made\.gz is no IDX file of bytes"):
        read(tmp_path, WHOLE[:length])


@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_header_is_refused(tmp_path: Path, place: int) -> None:
    content = bytearray(WHOLE)
    content[place] = 13
    with pytest.raises(ValueError, match=r"made\.gz is no IDX file of bytes"):
        read(tmp_path, bytes(content))


@pytest.mark.parametrize("content", [WHOLE[:12], WHOLE[:-1], WHOLE + b"\0"])
def test_another_count_of_bytes_than_the_sizes_say_is_refused(tmp_path: Path, content) -> None:
    with pytest.raises(ValueError, match="reshape"):
        read(tmp_path, content)
