"""A training from its first weights to its test scores."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import torch
from torch import Tensor, nn

from archsearch.config import LOSSES, EngineName, RunSettings, TrainSettings, kind_of
from archsearch.errors import RunFailedError
from archsearch.nn import Autoencoder, compiled, initialize
from archsearch.nn import build as nn_build
from archsearch.records.baselines import Baselines
from archsearch.records.outcome import epoch_note
from archsearch.records.results import EpochRecord, RunResult
from archsearch.records.sample_grid import SampleGrid
from archsearch.spec.plan.model import ModelPlan
from archsearch.tasks import (
    Task,
    collapsed,
    make_loss,
    make_task,
    regression,
    task_baselines,
)
from archsearch.train.checks import check_together, memory_errors
from archsearch.train.engine_choice import EngineChoice, choose_engine
from archsearch.train.engines.native_engine import NativeEngine
from archsearch.train.engines.torch_engine import TorchEngine
from archsearch.train.environment import environment
from archsearch.train.latent_codes import measure_latent_codes
from archsearch.train.loop.best_weights import BestWeights
from archsearch.train.loop.checkpoint import TrainingState, begun_by, restore, save
from archsearch.train.loop.epoch import OnStep, train_epoch
from archsearch.train.loop.optimizers import (
    FlatAdam,
    StepOptimizer,
    flat_optimizer,
    make_optimizer,
    recordable,
)
from archsearch.train.loop.precision import check_precision, products
from archsearch.train.loop.replay import Replay
from archsearch.train.loop.training import Training, TrainingEngine
from archsearch.train.own_state import own_state
from archsearch.train.scoring import score_epoch, score_test, score_val

if TYPE_CHECKING:
    from archsearch.data import Pictures  # at run time it would load torchvision

__all__ = ["OnEpoch", "OnNote", "TrainedRun", "fit", "measure", "prepare"]

OnEpoch = Callable[[EpochRecord], None]

OnNote = Callable[[str], None]
"""Called with what must be known of an epoch, before it is told itself."""


class Build(Protocol):
    """What makes a model of a plan, with the weights of ``seed``."""

    def __call__(self, plan: ModelPlan, *, seed: int | None = None) -> Autoencoder:
        """Build it."""
        ...


@dataclass(frozen=True, repr=False)
class TrainedRun:
    """A finished training.

    Attributes:
        result: its numbers.
        model: the net with the weights that are kept, in eval mode.
        samples: test pictures, what was shown of them, and their predictions; uint8, N×H×W×C.
        settings: that it was trained with.
    """

    result: RunResult
    model: Autoencoder
    samples: SampleGrid
    settings: RunSettings

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.result.__repr_args__())
        return f"TrainedRun({self.plan.name!r}, {told})"

    def _repr_html_(self) -> str:
        """The errors over those of baselines, for notebooks."""
        return self.result.to_html(self.plan.name)

    @property
    def plan(self) -> ModelPlan:
        """The net's layers and sizes."""
        return self.model.plan


def fit(  # noqa: PLR0913 - named settings, most with a default
    plan: ModelPlan,
    settings: RunSettings,
    pictures: Pictures,
    *,
    seed: int | None = None,
    threads: int | None = None,
    device: torch.device | str = "cpu",
    on_epoch: OnEpoch | None = None,
    on_step: OnStep | None = None,
    on_note: OnNote | None = None,
    checkpoint: Path | None = None,
    baselines: Baselines | None = None,
    build: Build | None = None,
    begun: EngineName | None = None,
) -> TrainedRun:
    """Train a plan on pictures and measure it.

    Weights, order of pictures and everything else that is random follow from ``seed``: the
    same seed, machine and thread count give the same numbers. Validation is
    measured after each epoch; the test split is read once, after the last.

    Args:
        plan: the model.
        settings: task and recipe (``settings.data`` is what ``pictures`` came from).
        pictures: one uint8 tensor and its splits.
        seed: instead of ``settings.train.seed``.
        threads: torch threads while training; None leaves them as they are.
        device: where to train.
        on_epoch: called after each epoch, once its checkpoint is written.
        on_step: called after each step with (steps done, steps in all).
        on_note: called with a few words before ``on_epoch``, where an epoch went badly: its output
            is constant, its error rose, or no longer falls (with early stopping).
        checkpoint: a file written after each epoch and gone on from if it is
            there; the caller discards it once the result is safe.
        baselines: if known already; otherwise measured here, after the last epoch.
        build: makes the model that torch trains, with the weights that it starts from;
            ``nn.build`` for the plain one, to compare with. None: as ``train.engine`` and
            ``train.initialization`` say.
        begun: the engine that the same run was trained with before; None: as far as the
            checkpoint tells.

    Raises:
        InputError: plan, settings and pictures can't be combined.
        RunFailedError: NaN, an infinite loss, or not enough memory.
    """
    seed = settings.train.seed if seed is None else seed
    check_together(plan, settings, pictures)
    device = torch.device(device)
    with (
        own_state(device, threads),
        products("float32", device),  # what is measured; steps say what they multiply
        memory_errors(plan, settings),
    ):
        identity = _identity(plan, settings, pictures, seed)
        if begun is None and checkpoint is not None:
            begun = begun_by(checkpoint, identity)
        training = prepare(plan, settings, pictures, seed, device, build=build, begun=begun)
        state = TrainingState(identity=identity, engine=training.chosen.name)
        best = BestWeights(settings.train)
        if checkpoint is not None:
            state = restore(checkpoint, training.model, training.optimizer, state, best)
        while not _is_over(settings.train, state):
            state, constant = _next_epoch(training, pictures.val, state, on_step)
            best.look_at(training.model, state.errors)
            if checkpoint is not None:
                save(checkpoint, training.model, training.optimizer, state, best)
            note = epoch_note(state.errors, settings.train.early_stopping, constant=constant)
            if on_note is not None and note:
                on_note(note)
            if on_epoch is not None:
                on_epoch(state.history[-1])
        kept = best.put_back(training.model, state.errors)
        return _finish(training, settings, pictures, state, baselines, kept)


def measure(
    model: Autoencoder, settings: RunSettings, pictures: Pictures, origin: str
) -> TrainedRun:
    """Measure a net that was trained elsewhere as one that was trained here.

    Args:
        model: with its weights.
        settings: pictures and task; of the recipe only what scores need.
        pictures: as ``settings.data`` names them.
        origin: where the net comes from.

    Raises:
        InputError: net, settings and pictures can't be combined.
        RunFailedError: not enough memory.
    """
    check_together(model.plan, settings, pictures)

    def made(plan: ModelPlan, *, seed: int | None = None) -> Autoencoder:
        return model

    with own_state(torch.device("cpu"), None), memory_errors(model.plan, settings):
        training = prepare(model.plan, settings, pictures, settings.train.seed, build=made)
        state = TrainingState(identity="", engine="torch")
        measured = _finish(training, settings, pictures, state, None, None)
    result = measured.result.model_copy(update={"origin": origin, "planned_epochs": None})
    return TrainedRun(result, model, measured.samples, settings)


def prepare(
    plan: ModelPlan,
    settings: RunSettings,
    pictures: Pictures,
    seed: int,
    device: torch.device | str = "cpu",
    *,
    build: Build | None = None,
    begun: EngineName | None = None,
) -> Training:
    """Give all that a training holds before its first step; arguments as :func:`fit` has them."""
    device, recipe = torch.device(device), settings.train
    check_precision(recipe.precision, device)
    task = make_task(plan, settings, pictures, device)
    if build is None:
        chosen = choose_engine(plan, recipe, task, device, begun)
    else:
        chosen = EngineChoice("torch", "its model was passed")
    images_NCHW = pictures.images_NCHW.to(device).contiguous(memory_format=torch.channels_last)
    if chosen.name == "native":
        model = _begun(nn_build, plan, recipe, seed)
        engine, optimizer = _native(model, task, recipe, images_NCHW)
    else:
        made = build(plan, seed=seed) if build else _begun(compiled, plan, recipe, seed)
        model = made.to(device).to(memory_format=torch.channels_last)
        engine, optimizer = _by_torch(model, recipe, device)
    return Training(
        model=model,
        chosen=chosen,
        engine=engine,
        optimizer=optimizer,
        task=task,
        kind=kind_of(settings.task),
        settings=recipe,
        seed=seed,
        images_NCHW=images_NCHW,
        train=pictures.train,
        data_seed=settings.data.seed,
        drop_single=any(isinstance(module, nn.BatchNorm2d) for module in model.modules()),
        loss_is_error=_loss_is_error(plan, settings, task),
    )


def _begun(build: Build, plan: ModelPlan, recipe: TrainSettings, seed: int) -> Autoencoder:
    """The model with the weights that a training starts from; ``build`` draws torch's."""
    model = build(plan, seed=seed)
    if recipe.initialization == "he":
        initialize(model, seed=seed)
    return model


def _native(
    model: Autoencoder, task: Task, recipe: TrainSettings, images_NCHW: Tensor
) -> tuple[TrainingEngine, StepOptimizer]:
    engine = NativeEngine(model, task, recipe, images_NCHW, torch.get_num_threads())
    shapes = [tuple(parameter.shape) for parameter in model.parameters()]
    return engine, flat_optimizer(engine.parameters, recipe, shapes)


def _by_torch(
    model: Autoencoder, recipe: TrainSettings, device: torch.device
) -> tuple[TrainingEngine, StepOptimizer]:
    if device.type == "cuda" and recordable(recipe):
        return TorchEngine(Replay()), FlatAdam(model, recipe)
    return TorchEngine(), make_optimizer(model.parameters(), recipe)


def _loss_is_error(plan: ModelPlan, settings: RunSettings, task: Task) -> bool:
    """Whether clamping changes nothing and the loss is the squared error of the pictures."""
    if regression(task, make_loss(settings.train)) is None:
        return False
    bounded = plan.output_activation == ("tanh" if settings.data.signed else "sigmoid")
    return bounded and task.direct and LOSSES[settings.train.loss].squared_error


def _is_over(settings: TrainSettings, state: TrainingState) -> bool:
    stopping = settings.early_stopping
    if len(state.history) == settings.epochs:
        return True
    return stopping is not None and stopping.ends_after(state.errors)


def _next_epoch(
    training: Training, val: Tensor, state: TrainingState, on_step: OnStep | None
) -> tuple[TrainingState, bool]:
    """Train and measure an epoch; also tell whether the output is constant."""
    started = time.perf_counter()
    epoch = len(state.history) + 1
    passed = train_epoch(training, epoch, on_step, state.errors)
    scored = score_epoch(training, val)
    val_mse = scored.mse
    if not math.isfinite(val_mse):
        raise RunFailedError(
            f"the validation error was {val_mse} after epoch {epoch}",
            help=f"lower the learning rate (train.lr is {training.settings.lr:g})",
        )
    record = EpochRecord(
        epoch=epoch,
        lr=passed.lr,
        train_loss=passed.loss,
        train_mse=passed.mse,
        val_mse=val_mse,
        seconds=time.perf_counter() - started,
    )
    ended = TrainingState(
        identity=state.identity,
        engine=state.engine,
        history=(*state.history, record),
        step_seconds=state.step_seconds + passed.seconds,
        pictures_seen=state.pictures_seen + passed.pictures,
    )
    return ended, scored.constant


def _finish(
    training: Training,
    settings: RunSettings,
    pictures: Pictures,
    state: TrainingState,
    baselines: Baselines | None,
    kept: int | None,
) -> TrainedRun:
    started = time.perf_counter()
    val = score_val(training, pictures)
    tested = score_test(training, pictures)
    codes = measure_latent_codes(training, pictures)
    seconds = time.perf_counter() - started + sum(row.seconds for row in state.history)
    if baselines is None:
        plan = training.model.plan
        (baselines,) = task_baselines(settings, pictures, [plan.latent], [plan.bottleneck.size])
    shift, planned = training.task.standardize, settings.train.epochs
    result = RunResult(
        task=training.kind.name,
        seed=training.seed,
        splits=_sizes(pictures),
        epochs=len(state.history),
        history=state.history,
        train_mse=_train_mse(training, state, kept),
        weights_epoch=kept,
        planned_epochs=planned if len(state.history) < planned else None,
        val=val.scores,
        test=tested.scores,
        baselines=baselines,
        collapsed=collapsed(val.variance),
        variance_share=val.variance,
        images_per_s=state.pictures_seen / state.step_seconds if state.history else 0.0,
        seconds=seconds,
        data_fingerprint=pictures.fingerprint,
        environment=environment(training.images_NCHW.device, training.chosen),
        codes=codes,
        classes=tested.classes,
        chroma=tested.chroma,
        fed_mean=() if shift is None else shift.mean,
        fed_std=() if shift is None else shift.std,
    )
    return TrainedRun(result, training.model, tested.samples, settings)


def _train_mse(training: Training, state: TrainingState, kept: int | None) -> float:
    """Of the epoch whose weights are kept; measured where there was none."""
    if not state.history:
        return score_epoch(training, training.train).mse
    return state.history[-1 if kept is None else kept - 1].train_mse


def _sizes(pictures: Pictures) -> dict[Literal["train", "val", "test"], int]:
    return {"train": len(pictures.train), "val": len(pictures.val), "test": len(pictures.test)}


def _identity(plan: ModelPlan, settings: RunSettings, pictures: Pictures, seed: int) -> str:
    """A hash of all that decides the numbers, but machine and threads."""
    parts = (plan.key, settings.model_dump_json(), pictures.fingerprint, str(seed))
    return sha256("\n".join(parts).encode()).hexdigest()
