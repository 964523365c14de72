"""What isn't archsearch's own goes through all that its own goes through."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
import torch
from jsonschema import Draft7Validator
from PIL import Image

import archsearch
from archsearch.apply import apply_run
from archsearch.cli.train import _metrics
from archsearch.config import RunSettings, read_task, task_space_problems
from archsearch.config.checking import check_files
from archsearch.config.schema import study_schema
from archsearch.config.study import ChoiceDomain
from archsearch.errors import ExtensionError, InputError, RunConflictError
from archsearch.records import load_run, trials_frame
from archsearch.records.run_figures import pictures_figure
from archsearch.report.outcome import outcome
from archsearch.train import fit, train_run
from tests.synthetic import StudyRecipe, synthetic_study

from .outside import CHARBONNIER, DOUBLED, EDGES, OUTSIDE, SUPER_RESOLVE, edge_errors

TASK = {"super-resolve": {"scale": 4}}
RECIPE = {"epochs": 2, "batch_size": 16, "loss": "charbonnier", "metrics": ("edges",)}


SIGMOID = """
name: bounded
input: {channels: auto, height: 16, width: 16}
encoder: [conv: {channels: 4, stride: 2}]
decoder: [upsample: {}, conv: {channels: auto, activation: sigmoid}]
"""


@pytest.fixture
def outside() -> Iterator[None]:
    with archsearch.extended(*OUTSIDE):
        yield


def settings(task: object = TASK, **train: object) -> RunSettings:
    return RunSettings.model_validate({"task": task, "train": RECIPE | train})


@pytest.fixture
def run(outside, made, plan_from, tmp_path: Path) -> Path:
    out = tmp_path / "run"
    plan = plan_from(made.PLAIN, read_task(TASK))
    train_run(plan, settings(), made.made_pictures(), out)
    return out


@pytest.mark.usefixtures("outside")
def test_settings_are_read_written_and_judged_like_all_others() -> None:
    given = settings()
    assert json.loads(given.model_dump_json())["task"] == TASK
    assert RunSettings.model_validate_json(given.model_dump_json()) == given
    assert "metrics" not in settings(metrics=()).model_dump(mode="json")["train"]
    with pytest.raises(InputError, match=r"`task\.scale` = 9 is not allowed"):
        read_task({"super-resolve": {"scale": 9}})
    with pytest.raises(InputError, match=r"super-resolve has no option `task\.scaled`") as caught:
        read_task({"super-resolve": {"scaled": 2}})
    assert "scale" in caught.value.help
    space = {"task.scale": ChoiceDomain(choices=(2, 4))}
    (problem,) = task_space_problems(read_task(TASK), space)
    assert "it changes the input" in problem.help


@pytest.mark.parametrize("given", [TASK, "super-resolve"])
def test_schema_and_reader_know_it_while_it_is_there(given: object) -> None:
    study = {"model": "m.yaml", "space": {"w": {"int": [1, 2]}}, "task": given}
    study["train"] = {"loss": "charbonnier", "metrics": ["edges"]}
    with archsearch.extended(*OUTSIDE):
        assert list(Draft7Validator(study_schema()).iter_errors(study)) == []
        assert read_task(given).name == "super-resolve"
    assert list(Draft7Validator(study_schema()).iter_errors(study))
    with pytest.raises(InputError, match="there is no task `super-resolve`"):
        read_task(given)


@pytest.mark.usefixtures("outside")
def test_check_reads_a_study_with_it(made, tmp_path: Path) -> None:
    net = made.PLAIN.replace("channels: 4", "channels: $w") + "params: {w: 4}\n"
    (tmp_path / "net.yaml").write_text(net)
    study = tmp_path / "study.yaml"
    text = "model: net.yaml\nspace: {w: {int: [2, 4]}}\ntask: {super-resolve: {scale: SCALE}}\n"
    text += "train: {loss: charbonnier, metrics: [edges]}\n"
    study.write_text(text.replace("SCALE", "4"))
    assert check_files([study]).diagnostics == ()
    study.write_text(text.replace("SCALE", "3"))
    (found,) = check_files([study]).diagnostics
    assert (found.line, found.message) == (3, "pictures of 16×16 can't be shrunk by 3")
    study.write_text(text.replace("scale: SCALE", "scales: 2"))
    (found,) = check_files([study]).diagnostics
    assert (found.line, "scale" in found.help) == (3, True)


def test_a_run_holds_its_numbers(run: Path, made) -> None:
    pictures = made.made_pictures()
    told = json.loads((run / "metrics.json").read_text())
    assert told["task"] == "super-resolve"
    assert told["val"]["metrics"].keys() == {"edges"}
    truth = pictures.images_NCHW[pictures.test].float() / 255
    small = truth.unflatten(2, (4, 4)).unflatten(4, (4, 4)).mean(dim=(3, 5))
    blurred = torch.nn.functional.interpolate(small, (16, 16), mode="bicubic").clamp(0, 1)
    untouched = (blurred - truth).double().square().mean().item()
    assert told["baselines"]["untouched"] == pytest.approx(untouched, rel=1e-5)
    assert told["baselines"]["linear"] is not None
    assert told["baselines"]["pca"] is None
    record = load_run(run)
    assert record.settings == settings()
    assert record.result.test.value("edges") == told["test"]["metrics"]["edges"] > 0


@pytest.mark.usefixtures("outside")
def test_the_metric_is_measured_over_the_predictions_of_the_mse(made, plan_from) -> None:
    trained = fit(plan_from(made.PLAIN, read_task(TASK)), settings(), made.made_pictures())
    samples = trained.samples
    assert len(samples.originals) == trained.result.splits["test"] - 2
    both = (
        torch.from_numpy(rows).permute(0, 3, 1, 2) / 255
        for rows in (samples.predicted, samples.originals)
    )
    near = edge_errors(*both).mean().item()  # of 8 of 10 pictures, rounded to 8 bits
    assert trained.result.test.value("edges") == pytest.approx(near, rel=0.3)
    names = [axes.get_ylabel() for axes in pictures_figure("x", trained.result, samples).axes]
    assert {"blurred", "sharpened"} <= set(names)


def test_the_net_is_applied_to_pictures_of_ones_own(run: Path, tmp_path: Path) -> None:
    picture = tmp_path / "photo.png"
    Image.fromarray(numpy.full((30, 20, 3), 90, numpy.uint8)).save(picture)
    (one,) = apply_run(run, [picture]).written
    assert one.result.name == "photo-super-resolve.png"
    with Image.open(one.result) as made_of_it:
        assert made_of_it.size == (20, 30)


def test_the_same_command_finds_it_finished_and_others_are_refused(run, made, plan_from) -> None:
    plan, pictures = plan_from(made.PLAIN, read_task(TASK)), made.made_pictures()
    before = (run / "metrics.json").read_bytes()
    train_run(plan, settings(), pictures, run)
    assert (run / "metrics.json").read_bytes() == before
    with pytest.raises(RunConflictError, match=r"train\.metrics is \('edges',\) there, \(\) here"):
        train_run(plan, settings(metrics=()), pictures, run)


def test_without_it_a_run_says_what_is_missing(made, plan_from, tmp_path: Path) -> None:
    with archsearch.extended(*OUTSIDE):
        plan = plan_from(made.PLAIN, read_task(TASK))
        train_run(plan, settings(), made.made_pictures(), tmp_path / "run")
    with pytest.raises(InputError, match="super-resolve"):
        load_run(tmp_path / "run")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (replace(EDGES, function=lambda p, t: (p - t).abs()), r"the metric `edges` gives a tensor"),
        (replace(EDGES, function=lambda p, t: p @ t[0, 0, 0, :1]), "the metric `edges` fails"),
        (replace(EDGES, function="nowhere:at_all"), "`nowhere:at_all` can't be loaded"),
        (replace(CHARBONNIER, function=lambda o, t: (o - t).abs()), "the loss `charbonnier` gives"),
        (
            replace(CHARBONNIER, function=lambda o, t: (o - t).abs().mean().item() * t.sum()),
            "gives",
        ),
    ],
)
def test_what_gives_something_else_is_refused_before_training(
    made, plan_from, broken, message
) -> None:
    others = [one for one in OUTSIDE if one.name != broken.name]
    with archsearch.extended(broken, *others):
        plan = plan_from(made.PLAIN, read_task(TASK))
        with pytest.raises(ExtensionError, match=message):
            fit(plan, settings(), made.made_pictures())


def test_a_loss_of_a_tasks_own_is_what_it_is_trained_by(made, plan_from) -> None:
    """Also where the output is the picture, and the recipe's loss would be its error."""
    with archsearch.extended(DOUBLED):
        told = RunSettings.model_validate({"task": "doubled", "train": {"epochs": 1}})
        result = fit(plan_from(SIGMOID, read_task("doubled")), told, made.made_pictures()).result
    (epoch,) = result.history
    assert epoch.train_loss == pytest.approx(2 * epoch.train_mse, rel=1e-5)


def test_its_words_stand_where_people_read_of_the_run(run: Path) -> None:
    result = load_run(run).result
    bad = result.test.model_copy(update={"mse": 1.0})
    told = outcome(result.model_copy(update={"test": bad, "collapsed": False}), 16)
    assert told[0].endswith(SUPER_RESOLVE.words.no_better)


def test_columns_of_a_study_have_the_metric(run: Path) -> None:
    study = synthetic_study(StudyRecipe(complete=1, seeds=1))
    (trial,) = study.trials
    assert "val_edges" not in trials_frame(study)
    result = load_run(run).result
    seed = trial.seeds[0].model_copy(update={"result": result})
    trial = trial.model_copy(update={"seeds": (seed,)})
    frame = trials_frame(study.model_copy(update={"trials": (trial,)}))
    assert frame["val_edges"][0] == result.val.value("edges")
    assert frame["test_edges"][0] == result.test.value("edges")


def test_the_terminal_tells_the_metric(run: Path) -> None:
    line = next(line for line in _metrics(load_run(run).result) if line.startswith("edge error"))
    result = load_run(run).result
    told = [float(word) for word in line.split()[-2:]]
    assert told == pytest.approx([result.val.value("edges"), result.test.value("edges")], rel=1e-3)
