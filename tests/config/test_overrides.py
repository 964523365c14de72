"""Values given beside the file."""

import hypothesis
import pytest
from hypothesis import strategies as st

from archsearch.config import DataSettings, TrainSettings, changed, parse_assignment
from archsearch.config import split_assignments as split
from archsearch.errors import InputError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=1", 1),
        ("a=1e-3", 1e-3),
        ("a=no", "no"),
        ("a=true", True),
        ("a=012", 12),
        ("a=[3, 5]", (3, 5)),
        ("a='7'", "7"),
        ("a = 8", 8),
        ("a=x=y", "x=y"),
    ],
)
def test_values_are_read_as_in_a_file(text: str, value: object) -> None:
    assert parse_assignment(text) == ("a", value)


@pytest.mark.parametrize("text", ["a", "=1", "a=", "a=[", "a={b: 1}", "a=[[1]]", "a=1\nb: 2"])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        parse_assignment(text)


@hypothesis.given(st.text())
def test_any_text_gives_a_value_or_a_message(text: str) -> None:
    try:
        parse_assignment(text)
    except InputError as error:
        assert error.help  # noqa: PT017 — most texts are fine or refused, and both are right


def test_settings_and_model_are_told_apart() -> None:
    settings, model = split(
        [("train.lr", 1), ("data.limit", 20), ("depth", 2), ("a.conv.kernel", 3)]
    )
    assert settings == {"train": {"lr": 1}, "data": {"limit": 20}, "task": {}}
    assert model == {"depth": 2, "a.conv.kernel": 3}


def test_a_change_is_checked_again() -> None:
    assert changed(TrainSettings(), "train", {"epochs": 3.0, "lr": 1}).epochs == 3
    with pytest.raises(InputError, match=r"no `train.epoch`"):
        changed(TrainSettings(), "train", {"epoch": 3})
    with pytest.raises(InputError, match=r"`data.limit` = 3 is not allowed"):
        changed(DataSettings(), "data", {"limit": 3})
