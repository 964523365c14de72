"""Who trains, and why it is torch where it is."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

import archsearch
from archsearch.config import RunSettings
from archsearch.errors import InputError
from archsearch.nn import build, compiled, initialize
from archsearch.records import load_run
from archsearch.spec import ModelPlan
from archsearch.tasks import PictureTask, make_task
from archsearch.train import fit, train_run
from archsearch.train.engine_choice import EngineChoice, choose_engine, engine_for
from archsearch.train.fit import prepare
from tests.train.made import PLAIN, made_pictures, rows, settings

from .outside import CHARBONNIER, DOUBLED, SUPER_RESOLVE

CPU, GPU = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def plan(plan_from) -> ModelPlan:
    return plan_from(PLAIN)


def chosen(
    plan: ModelPlan, given: RunSettings, device: torch.device = CPU, begun: str | None = None
) -> EngineChoice:
    task = make_task(plan, given, made_pictures())
    return choose_engine(plan, given.train, task, device, begun)


def reason(plan: ModelPlan, given: RunSettings, device: torch.device = CPU) -> str:
    """Why torch trains; the same is the reason why ``native`` is refused."""
    found = chosen(plan, given, device)
    assert found.name == "torch"
    assert found.reason is not None
    recipe = given.train.model_copy(update={"engine": "native"})
    with pytest.raises(InputError) as raised:
        chosen(plan, given.model_copy(update={"train": recipe}), device)
    assert raised.value.what == (
        f"train.engine is native, which can't train `{plan.name}`: {found.reason}"
    )
    assert "train.engine=auto" in raised.value.help
    assert engine_for(plan, given, device) == found
    return found.reason


def test_the_native_engine_trains_wherever_it_can(plan) -> None:
    for engine in ("auto", "native"):
        assert chosen(plan, settings(engine=engine)) == EngineChoice("native")
    assert chosen(plan, settings(engine="torch")) == EngineChoice("torch", "train.engine is torch")


@pytest.mark.parametrize(
    ("asked", "begun", "name"),
    [
        ("auto", "torch", "torch"),
        ("auto", "native", "native"),
        ("native", "torch", "native"),
        ("torch", "native", "torch"),
    ],
)
def test_auto_goes_on_with_who_began(plan, asked, begun, name) -> None:
    found = chosen(plan, settings(engine=asked), begun=begun)
    assert found.name == name
    assert (found.reason == "the run was begun with torch") == (asked == "auto" and name == "torch")


def test_a_gpu_is_torch_s(plan) -> None:
    told = reason(plan, settings(), GPU)
    assert told == "it trains on cuda, and the native engine on processors only"


@pytest.mark.parametrize("precision", ["bf16", "tf32"])
def test_other_precisions_are_torch_s(plan, precision) -> None:
    told = f"train.precision is {precision}; the native engine has float32"
    assert reason(plan, settings(precision=precision)) == told


def test_classes_are_torch_s(plan_from) -> None:
    bins = plan_from(PLAIN.replace(", activation: sigmoid", ""), "colorize-bins")
    assert reason(bins, settings("colorize-bins")) == "its task has a loss of its own"


def test_a_loss_from_outside_is_torch_s(plan) -> None:
    with archsearch.extended(CHARBONNIER):
        assert reason(plan, settings(loss="charbonnier")) == "its loss charbonnier isn't built in"


def test_a_task_with_a_loss_of_its_own_is_torch_s(plan) -> None:
    with archsearch.extended(DOUBLED):
        assert reason(plan, settings("doubled")) == "its task has a loss of its own"


@dataclass(frozen=True, kw_only=True)
class Weighted(PictureTask):
    pass


def weighted(given: object, context: object) -> Weighted:
    def most_at_the_top(output: Tensor, target: Tensor) -> Tensor:
        return ((output - target).square() * torch.linspace(1, 0, target.shape[2])[:, None]).mean()

    return Weighted(criterion=most_at_the_top)


def test_a_task_that_compares_by_another_loss_is_torch_s(plan) -> None:
    """It says nothing of it, and only its criterion is another one."""
    with archsearch.extended(replace(DOUBLED, make=weighted, loss=None)):
        assert reason(plan, settings("doubled")) == "its task has a loss of its own"
        training = prepare(plan, settings("doubled"), made_pictures(), seed=0)
        assert not training.loss_is_error  # the error is measured beside it


def test_a_task_from_outside_that_only_shows_other_pictures_trains_natively(plan) -> None:
    with archsearch.extended(SUPER_RESOLVE):
        assert chosen(plan, settings("super-resolve")) == EngineChoice("native")


def test_a_kind_from_outside_is_torch_s(plan) -> None:
    first = plan.layers[0]
    foreign = replace(first, type=replace(first.type, name="swish_conv"))
    other = replace(plan, layers=(foreign, *plan.layers[1:]))
    told = "its layer encoder[0].conv is of the kind swish_conv, which isn't built in"
    assert reason(other, settings()) == told


def test_without_llvmlite_torch_trains(plan, monkeypatch) -> None:
    monkeypatch.setattr("archsearch.engine.machine.importlib.util.find_spec", lambda name: None)
    assert reason(plan, settings()) == "llvmlite isn't installed"


def test_on_an_unknown_processor_torch_trains(plan, monkeypatch) -> None:
    monkeypatch.setattr("archsearch.engine.machine.host", lambda: None)
    assert reason(plan, settings()).startswith("this processor has no vectors that")


def errors(plan: ModelPlan, given: RunSettings, **more: object) -> tuple[object, ...]:
    result = fit(plan, given, made_pictures(), **more).result
    return rows(result), result.val, result.test, result.codes


def begun(plan, *, seed):
    model = compiled(plan, seed=seed)
    initialize(model, seed=seed)
    return model


def test_fit_trains_with_the_engine_that_is_asked_for(plan) -> None:
    native = errors(plan, settings(engine="native"))
    by_torch = errors(plan, settings(engine="torch"))
    assert native == errors(plan, settings())
    assert native != by_torch
    assert by_torch == errors(plan, settings(), build=begun)
    (first, *_), (other, *_) = native[0], by_torch[0]
    assert first.val_mse == pytest.approx(other.val_mse, rel=1e-3)


def test_a_model_that_is_passed_is_trained_by_torch(plan) -> None:
    environment = fit(plan, settings(), made_pictures(), build=build).result.environment
    assert (environment.engine, environment.engine_reason) == ("torch", "its model was passed")


@pytest.mark.parametrize(
    ("recipe", "engine", "told"),
    [
        ({}, "native", None),
        ({"engine": "torch"}, "torch", "train.engine is torch"),
    ],
)
def test_the_run_says_who_trained_it_and_why(plan, tmp_path: Path, recipe, engine, told) -> None:
    train_run(plan, settings(epochs=1, **recipe), made_pictures(40), tmp_path / "run")
    written = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert (written["engine"], written["engine_reason"]) == (engine, told)
    environment = load_run(tmp_path / "run").result.environment
    assert (environment.engine, environment.engine_reason) == (engine, told)


def test_at_its_default_the_setting_is_not_written() -> None:
    """So that runs, checkpoints and studies of earlier versions are the same ones."""
    assert "engine" not in settings().model_dump(mode="json")["train"]
    assert "engine" not in settings().model_dump_json()
    for engine in ("native", "torch"):
        given = settings(engine=engine)
        assert given.model_dump()["train"]["engine"] == engine
        assert RunSettings.model_validate_json(given.model_dump_json()) == given
