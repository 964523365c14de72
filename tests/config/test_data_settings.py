"""Which pictures: the scale of their numbers, and how it is stored."""

import json

import pytest

from archsearch.config import DataSettings


def test_standardize_is_one_of_the_scales() -> None:
    told = DataSettings.model_validate({"scale": "standardize"})
    assert told == DataSettings(standardize=True)
    assert not told.signed


def test_a_net_has_one_scale() -> None:
    with pytest.raises(ValueError, match="two scales; leave one of them out"):
        DataSettings(scale="signed", standardize=True)


def test_a_scale_is_stored_where_it_is_new() -> None:
    """So that what earlier versions stored still agrees."""
    assert "scale" not in json.loads(DataSettings(standardize=True).model_dump_json())
    signed = DataSettings(scale="signed")
    assert json.loads(signed.model_dump_json())["scale"] == "signed"
    assert DataSettings.model_validate_json(signed.model_dump_json()) == signed
    assert DataSettings.model_validate(signed.model_dump()) == signed
