"""Records survive JSON, run directories and tables."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from archsearch import load
from archsearch.config import RunSettings
from archsearch.errors import InputError
from archsearch.records import (
    TRIAL_COLUMNS,
    Baselines,
    Curves,
    EpochRecord,
    RunRecord,
    RunResult,
    Scores,
    SeedRecord,
    StudyRecord,
    TrialRecord,
    layout,
    load_run,
    plan_record,
    trials_frame,
    write_run,
)
from archsearch.records.runs import history_csv
from tests.synthetic import StudyRecipe, synthetic_study

finite = st.floats(allow_nan=False, allow_infinity=False)
scores = st.builds(Scores, mse=finite, psnr=st.floats() | st.none(), ssim=st.floats() | st.none())
epochs = st.builds(EpochRecord, epoch=st.integers(1, 10**6), **dict.fromkeys(
    ("lr", "train_loss", "train_mse", "val_mse", "seconds"), finite
))  # fmt: skip
known = st.fixed_dictionaries(
    {"channel_mean_val": finite, "channel_mean_test": finite, "pca_val": st.floats() | st.none()},
    optional={"untrained_test": finite},
)
baselines = known.map(Baselines.model_validate)
results = st.builds(
    RunResult,
    splits=st.fixed_dictionaries(
        {name: st.integers(0, 10**6) for name in ("train", "val", "test")}
    ),
    history=st.lists(epochs, max_size=3).map(tuple),
    baselines=baselines,
    val=scores,
    test=scores,
    train_mse=finite,
    images_per_s=finite,
    seconds=finite,
)
seeds = st.builds(SeedRecord, seed=st.integers(0, 99), result=results | st.none())
values = st.dictionaries(
    st.text(min_size=1),
    st.booleans() | st.integers() | finite | st.text() | st.tuples(st.integers(), st.integers()),
    max_size=4,
)


def test_a_plans_record_knows_its_bottleneck_and_trunk_and_old_ones_do_without():
    record = plan_record(load("specs/acml-nine-layer.yaml").plan())
    assert (record.bottleneck_size, record.bottleneck_after) == (768, ("encoder[3].pool",))
    wider = load("specs/family.yaml")
    trunks = [plan_record(wider.plan(latent_channels=c)).trunk for c in (4, 8)]
    assert trunks[0] == trunks[1] != record.trunk
    old = record.model_dump(exclude={"bottleneck_size", "bottleneck_after", "trunk"})
    read = type(record).model_validate(old)
    assert (read.bottleneck_size, read.bottleneck_after, read.trunk) == (None, (), None)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_seed_survives_json(seed):
    assert SeedRecord.model_validate_json(seed.model_dump_json()) == seed


@settings(max_examples=100, deadline=None)
@given(values)
def test_searched_values_keep_their_types(found):
    written = layout.candidate_attributes(0, found, None)
    read = layout.read_trial(0, "waiting", written).values
    assert read == found
    assert [type(value) for value in read.values()] == [type(value) for value in found.values()]


@settings(max_examples=60, deadline=None)
@given(st.lists(epochs, max_size=5))
def test_history_reads_back_exactly(history):
    rows = history_csv(history).splitlines()[1:]
    names = list(EpochRecord.model_fields)
    read = [
        EpochRecord.model_validate(dict(zip(names, row.split(","), strict=True))) for row in rows
    ]
    assert read == history


@pytest.mark.parametrize(
    "recipe", [StudyRecipe(complete=3, failed=1, infeasible=1), StudyRecipe(0)]
)
def test_a_study_survives_json(recipe):
    study = synthetic_study(recipe)
    assert StudyRecord.model_validate_json(study.model_dump_json()) == study


def test_infinite_numbers_are_null_where_they_may_be_and_refused_elsewhere():
    assert Scores(mse=0.0, psnr=float("inf")).psnr is None
    assert json.loads(Scores(mse=1, ssim=float("nan")).model_dump_json())["ssim"] is None
    with pytest.raises(ValidationError):
        Scores(mse=float("nan"))


def test_keys_of_newer_versions_are_let_through():
    assert Curves.model_validate_json('{"pca": [[4, 0.1, 0.2]], "ica": []}').pca[0].components == 4


def spec(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(
        "input: {channels: auto, height: 8, width: 8}\n"
        "encoder:\n- conv: {channels: 4}\n- pool: {}\n"
        "decoder:\n- upsample: {}\n- conv: {channels: auto}\n"
    )
    return path


def test_a_plan_record_says_what_the_plan_says_and_gives_it_again(tmp_path):
    plan = load(spec(tmp_path)).plan()
    record = plan_record(plan)
    assert (record.key, record.params, record.macs) == (plan.key, plan.params, plan.macs)
    assert record.latent_size == 4 * 4 * 4 == plan.latent.size
    assert (record.latent_channels, record.latent_height, record.latent_width) == (4, 4, 4)
    assert [layer.output for layer in record.layers] == [
        layer.output.as_tuple() for layer in plan.layers
    ]
    again = tmp_path / "again.yaml"
    again.write_text(record.spec)
    assert load(again).plan().key == plan.key


def run() -> RunRecord:
    result = synthetic_study(StudyRecipe(complete=1)).trials[0].seeds[0].result
    return RunRecord(name="tiny", spec="encoder: []\n", settings=RunSettings(), result=result)


def test_a_run_directory_reads_back(tmp_path):
    write_run(tmp_path / "tiny", run())
    assert load_run(tmp_path / "tiny") == run()
    numbers = json.loads((tmp_path / "tiny" / "metrics.json").read_text("utf-8"))
    assert next(iter(numbers)) == "version"
    assert numbers["test"]["mse"] == run().result.test.mse
    assert numbers["baselines"]["pca"] == run().result.baselines.test("pca")
    history = pd.read_csv(tmp_path / "tiny" / "history.csv")
    assert history["val_mse"].iloc[-1] == run().result.history[-1].val_mse


def test_what_is_no_run_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="no finished run"):
        load_run(tmp_path)
    write_run(tmp_path, run())
    (tmp_path / "metrics.json").write_text('{"run": "x", "result": {"seed": "?"}}')
    with pytest.raises(InputError, match="isn't a run that can be read: "):
        load_run(tmp_path)


def test_the_frame_has_a_row_for_each_trial_and_seed():
    study = synthetic_study(StudyRecipe(complete=2, failed=1, infeasible=1, seeds=3))
    frame = trials_frame(study)
    assert tuple(frame.columns[: len(TRIAL_COLUMNS)]) == TRIAL_COLUMNS
    searched = [name for name in frame.columns if name.startswith("space.")]
    assert searched == [f"space.{name}" for name in study.settings["space"]]
    assert frame.groupby("state").size().to_dict() == {"complete": 6, "failed": 1, "infeasible": 1}
    assert frame["val_mse"].notna().sum() == 6
    assert set(frame["space.encoder[0].conv.kernel"]) <= {3, "3×5"}


def test_an_empty_study_gives_an_empty_frame_with_all_columns():
    frame = trials_frame(synthetic_study(StudyRecipe(complete=0)))
    assert len(frame) == 0
    assert set(TRIAL_COLUMNS) < set(frame.columns)


def test_the_value_of_a_trial_is_the_mean_over_seeds():
    trial = synthetic_study(StudyRecipe(complete=1, seeds=3)).trials[0]
    attributes = layout.candidate_attributes(0, trial.values, trial.plan)
    for seed in reversed(trial.seeds):
        attributes |= layout.seed_attributes(seed)
    read: TrialRecord = layout.read_trial(0, "complete", attributes)
    assert read.value == pytest.approx(trial.value)  # sum() rounds better from Python 3.12 on
    assert read.model_copy(update={"value": trial.value}) == trial
    assert layout.read_trial(0, "waiting", attributes).value is None
