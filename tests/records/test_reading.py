"""Reading stored things: versions and damage."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archsearch.errors import UnreadableError
from archsearch.records import Curves, SeedRecord
from archsearch.records.reading import check_version, read_checked, read_stored


def test_a_record_without_a_version_is_the_first():
    assert read_stored(Curves, "x", "{}") == Curves()
    assert read_stored(Curves, "x", '{"version": 1}') == Curves()


def test_a_newer_version_is_refused_with_the_mend():
    with pytest.raises(UnreadableError, match=r"trial 3: written by a newer archsearch") as caught:
        read_stored(Curves, "trial 3", '{"version": 99}')
    assert "update archsearch" in caught.value.help
    assert check_version("x", {"version": 2}, newest=2) == 2


@pytest.mark.parametrize("version", [0, -1, True, "1", None, 1.0, [1]])
def test_what_is_no_version_is_damage(version):
    with pytest.raises(UnreadableError, match="damaged"):
        check_version("x", {"version": version})


@pytest.mark.parametrize(
    "text", [b"\xff", "", "[]", "3", "{", "null", '{"seed": "x"}', "[" * 100_000]
)
def test_damage_is_named(text):
    with pytest.raises(UnreadableError, match=r"trial 3 can't be read: it is damaged \("):
        read_stored(SeedRecord, "trial 3", text)


@given(st.text() | st.binary())
def test_any_text_is_a_record_or_an_error_of_one_line(text):
    with pytest.raises(UnreadableError) as caught:  # none that hypothesis finds is a record
        read_stored(SeedRecord, "x", text)
    assert "\n" not in caught.value.what


@given(st.integers(min_value=2))
def test_any_version_above_the_newest_is_refused(version):
    with pytest.raises(UnreadableError, match="newer"):
        read_stored(Curves, "x", json.dumps({"version": version}))


def test_other_errors_pass():
    with pytest.raises(OSError, match="away"):
        read_checked("x", lambda: (_ for _ in ()).throw(OSError("away")))
