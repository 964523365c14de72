"""Which pictures: the scale of their numbers, and how it is stored."""

import json

import pytest

from archsearch.config import DataSettings
from archsearch.config.overrides import changed
from archsearch.errors import InputError


def test_standardize_is_one_of_the_scales() -> None:
    told = DataSettings.model_validate({"scale": "standardize"})
    assert told == DataSettings(standardize=True)
    assert (told.standardize, told.signed) == (True, False)


@pytest.mark.parametrize(
    ("scale", "flag"), [("signed", True), ("unit", True), ("standardize", False)]
)
def test_a_net_has_one_scale(scale, flag) -> None:
    with pytest.raises(ValueError, match="are two scales; leave one of them out"):
        DataSettings(scale=scale, standardize=flag)
    with pytest.raises(InputError, match="`data` is not allowed as it is: `scale: "):
        changed(DataSettings(), "data", {"scale": scale, "standardize": flag})


def test_a_scale_is_stored_where_it_is_new() -> None:
    """So that what earlier versions stored still agrees."""
    assert "scale" not in json.loads(DataSettings(standardize=True).model_dump_json())
    signed = DataSettings(scale="signed")
    assert json.loads(signed.model_dump_json())["scale"] == "signed"
    assert DataSettings.model_validate_json(signed.model_dump_json()) == signed
    for given in (signed, DataSettings(), DataSettings(standardize=True)):
        assert DataSettings.model_validate(given.model_dump()) == given
        assert DataSettings.model_validate_json(given.model_dump_json()) == given
