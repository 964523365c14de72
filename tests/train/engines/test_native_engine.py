"""The native engine takes the steps of torch and the plain model."""

import numpy
import pytest
import torch

from archsearch.config import DataSettings, RunSettings
from archsearch.config.optimizers import OPTIMIZERS
from archsearch.tasks import Batch
from archsearch.train import fit
from archsearch.train.engines.native_engine import NativeEngine
from archsearch.train.fit import prepare
from archsearch.train.latent_codes import measure_latent_codes
from archsearch.train.loop.epoch import predictions
from archsearch.train.loop.training import Training
from tests.train.made import (
    DROPPED,
    NORMED,
    PLAIN,
    SKIPPED,
    made_pictures,
    plain_net,
    rows,
    settings,
)

STEPS = 20
LOSSES = ("mse", "l1", "huber", "bce")
TASKS = {
    "reconstruct": "reconstruct",
    "denoise": "denoise",
    "inpaint": "inpaint",
    "deblur": "deblur",
    "colorize": "colorize",
    "colorize merged": {"colorize": {"keep_luminance": True}},
    "colorize-chroma": "colorize-chroma",
}
STANDARDIZED = ("reconstruct", "denoise", "colorize-chroma")


def told(task: object, *, scale: str = "unit", **recipe: object) -> RunSettings:
    given = settings(task, **recipe)
    return given.model_copy(update={"data": DataSettings.model_validate({"scale": scale})})


def both(plan_from, text: str, given: RunSettings) -> tuple[Training, Training]:
    """The same training by the native engine, and by torch with the plain model."""
    plan, pictures = plan_from(text, given.task), made_pictures()
    native = prepare(plan, given, pictures, seed=3)
    plain = prepare(plan, given, pictures, seed=3, build=plain_net)
    assert (native.chosen.name, plain.chosen.name) == ("native", "torch")
    return native, plain


def twenty_steps(training: Training) -> list[list[float]]:
    """Loss and error of each."""
    training.model.train()
    seen, epoch = [], 0
    while len(seen) < STEPS:
        epoch += 1
        for places in training.batches(epoch)[: STEPS - len(seen)]:
            batch = Batch(places, training.seed, epoch)
            seen.append([float(told) for told in training.engine.step(training, places, batch)])
    return seen


def assert_same_state(native: Training, plain: Training, tolerance: float) -> None:
    ours, theirs = native.model.state_dict(), plain.model.state_dict()
    assert ours.keys() == theirs.keys()
    for name, wanted in theirs.items():
        bound = tolerance * max(float(wanted.abs().max()), 0.1)
        assert torch.allclose(ours[name], wanted, rtol=0, atol=bound), name


@pytest.mark.parametrize(
    ("task", "scale", "loss"),
    [
        *((task, "unit", loss) for task in TASKS for loss in LOSSES),
        *((task, "standardize", loss) for task in STANDARDIZED for loss in LOSSES),
        *((task, "signed", loss) for task in STANDARDIZED for loss in LOSSES if loss != "bce"),
    ],
)
def test_twenty_steps_are_those_of_torch(plan_from, task, scale, loss) -> None:
    """With running moments; gently, as what is between two losses' slopes is rounding's to say."""
    recipe = {"loss": loss, "optimizer": "sgd", "lr": 0.1}
    text = NORMED.replace("sigmoid", "tanh") if scale == "signed" else NORMED
    native, plain = both(plan_from, text, told(TASKS[task], scale=scale, **recipe))
    ours, theirs = twenty_steps(native), twenty_steps(plain)
    numpy.testing.assert_allclose(ours, theirs, rtol=2e-4)
    assert_same_state(native, plain, 1e-3)
    assert theirs[-1][0] < theirs[0][0]
    for one, other in zip(
        predictions(native, native.train), predictions(plain, plain.train), strict=True
    ):
        torch.testing.assert_close(one.shown_NCHW, other.shown_NCHW)
        torch.testing.assert_close(one.predicted_NCHW, other.predicted_NCHW, rtol=0, atol=4e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_moves_all_weights_as_with_torch(plan_from, optimizer) -> None:
    recipe = {"optimizer": optimizer, "lr": 0.003, "weight_decay": 0.01}
    native, plain = both(plan_from, PLAIN, told("reconstruct", **recipe))
    numpy.testing.assert_allclose(twenty_steps(native), twenty_steps(plain), rtol=1e-4)
    assert_same_state(native, plain, 1e-3)


@pytest.mark.parametrize("clip", [1e-3, 1e6])
@pytest.mark.parametrize("optimizer", ["sgd", "adafactor"])
def test_clipped_steps_are_those_of_torch(plan_from, optimizer, clip) -> None:
    """Of the two norms one is under every gradient's, the other over it."""
    recipe = {"optimizer": optimizer, "lr": 0.1}
    native, plain = both(plan_from, PLAIN, told("reconstruct", clip_norm=clip, **recipe))
    ours = twenty_steps(native)
    numpy.testing.assert_allclose(ours, twenty_steps(plain), rtol=1e-4)
    assert_same_state(native, plain, 1e-3)
    free, _ = both(plan_from, PLAIN, told("reconstruct", clip_norm=None, **recipe))
    assert (ours == twenty_steps(free)) == (clip == 1e6)


def test_what_is_clipped_has_the_norm_that_is_asked_for(plan_from) -> None:
    """All weights' together, as torch counts it."""
    native, plain = both(plan_from, PLAIN, told("reconstruct", clip_norm=1e-3))
    for training in (native, plain):
        places = training.batches(1)[0]
        training.model.train()
        training.engine.step(training, places, Batch(places, training.seed, 1))
    gradients = [p.grad for p in plain.model.parameters()]
    norm = torch.linalg.vector_norm(torch.cat([g.flatten() for g in gradients]))
    assert float(norm) == pytest.approx(1e-3, rel=1e-4)
    assert isinstance(native.engine, NativeEngine)
    ours = torch.linalg.vector_norm(native.engine.parameters.grad)
    assert float(ours) == pytest.approx(float(norm), rel=1e-6)


def test_the_model_s_tensors_are_the_engine_s(plan_from) -> None:
    training = prepare(plan_from(NORMED), settings(), made_pictures(), seed=0)
    assert isinstance(training.engine, NativeEngine)
    begin = training.engine.parameters.data_ptr()
    end = begin + 4 * training.engine.parameters.numel()
    assert all(begin <= p.data_ptr() < end for p in training.model.parameters())
    drawn = plain_net(training.model.plan, seed=0).state_dict()
    assert all(torch.equal(drawn[name], v) for name, v in training.model.state_dict().items())
    before = {name: v.clone() for name, v in training.model.state_dict().items()}
    twenty_steps(training)
    after = training.model.state_dict()
    assert all(not torch.equal(before[name], value) for name, value in after.items())


def test_dropout_drops_other_numbers_in_each_epoch_and_batch_and_the_same_again(plan_from) -> None:
    """A rate of nearly 0: all that differs between steps on the same pictures is what dropped."""
    given = settings(lr=1e-12, optimizer="sgd")
    training = prepare(plan_from(DROPPED), given, made_pictures(), seed=0)
    training.model.train()

    def loss(places: torch.Tensor, seed: int, epoch: int) -> float:
        return float(training.engine.step(training, places, Batch(places, seed, epoch))[0])

    first, turned = training.train[:16], training.train[:16].flip(0)
    once = loss(first, 0, 1)
    for other in (loss(first, 0, 2), loss(first, 1, 1), loss(turned, 0, 1)):
        assert abs(other - once) > 1e-4 * once
    assert loss(first, 0, 1) == pytest.approx(once, rel=1e-6)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("net", [NORMED, DROPPED])
def test_equal_seeds_and_threads_give_equal_bits(plan_from, threads, net) -> None:
    plan, pictures = plan_from(net), made_pictures()

    def bits(seed: int) -> tuple[object, ...]:
        run = fit(plan, settings(engine="native"), pictures, seed=seed, threads=threads)
        weights = [value.tolist() for value in run.model.state_dict().values()]
        return rows(run.result), run.result.val, run.result.test, run.result.codes, weights

    first = bits(1)
    assert first == bits(1)
    assert first != bits(2)


@pytest.mark.parametrize("net", [NORMED, SKIPPED], ids=["plain", "skipped"])
@pytest.mark.parametrize("task", ["reconstruct", "colorize-chroma"])
def test_latent_codes_are_measured_as_by_torch(plan_from, net, task) -> None:
    """Also where the decoder reads more than the latent, for which torch is asked."""
    given = told(task, scale="standardize", lr=0.03, epochs=2)
    native, plain = both(plan_from, net, given)
    pictures = made_pictures()
    twenty_steps(native)
    plain.model.load_state_dict(native.model.state_dict())
    ours, theirs = measure_latent_codes(native, pictures), measure_latent_codes(plain, pictures)
    assert (ours.active, ours.rank) == (theirs.active, theirs.rank)
    for name in ("mse", "mse_8bit", "mse_4bit"):
        # A number between two levels may go to either.
        assert getattr(ours, name) == pytest.approx(getattr(theirs, name), rel=1e-3)
