"""The recipe: its defaults, and what earlier versions stored of it."""

import json

from archsearch.config import RunSettings, TrainSettings
from archsearch.config.overrides import changed

BEFORE = TrainSettings(initialization="torch", clip_norm=None)
NEW = {"metrics", "engine", "initialization", "clip_norm", "early_stopping"}


def test_what_is_stored_without_later_settings_does_what_it_did() -> None:
    stored = json.loads(TrainSettings().model_dump_json())
    earlier = {name: value for name, value in stored.items() if name not in NEW}
    assert TrainSettings.model_validate_json(json.dumps(earlier)) == BEFORE
    inside = json.dumps({"train": earlier})
    assert RunSettings.model_validate_json(inside).train == BEFORE


def test_later_settings_are_stored_where_they_do_something_else() -> None:
    assert not NEW & json.loads(BEFORE.model_dump_json()).keys()
    assert json.loads(TrainSettings().model_dump_json()).keys() & NEW == {
        "initialization",
        "clip_norm",
    }
    for given in (BEFORE, TrainSettings(), TrainSettings(metrics=("psnr",), clip_norm=3.0)):
        assert TrainSettings.model_validate_json(given.model_dump_json()) == given
        assert TrainSettings.model_validate(given.model_dump()) == given


def test_what_is_left_open_stays_as_it_was_begun_and_what_is_said_counts() -> None:
    assert TrainSettings(epochs=3).as_begun(BEFORE) == BEFORE.model_copy(update={"epochs": 3})
    said = TrainSettings(initialization="he", clip_norm=0.1)
    assert said.as_begun(BEFORE) == said
    set_later = changed(TrainSettings(), "train", {"epochs": 3})
    assert set_later.as_begun(BEFORE).initialization == "torch"
    said_later = changed(TrainSettings(), "train", {"initialization": "he"})
    assert said_later.as_begun(BEFORE).initialization == "he"
