"""What each task feeds, wants, minimizes and predicts."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from archsearch.config import TASKS, RunSettings, load, needs_rgb, read_task, task_channels
from archsearch.config.tasks.chroma_bins import bin_centers
from archsearch.errors import InputError
from archsearch.spec import ModelPlan
from archsearch.tasks import (
    Batch,
    Task,
    check_loss,
    feed,
    make_task,
    make_task_for_apply,
    predict,
)
from archsearch.tasks.color.chroma_bins import ChromaClasses, encode_soft
from archsearch.tasks.color.space import chroma, luminance

from .tiny import TinyPictures, smooth_pictures, split

NINE = load(Path(__file__).parents[2] / "specs/acml-nine-layer.yaml")
NET = """
name: net
input: {channels: auto, height: 8, width: 8}
encoder: [conv: {channels: 4}]
decoder: [conv: {channels: auto, activation: ACTIVATION}]
"""


def pictures() -> TinyPictures:
    return split(smooth_pictures(40), 30, 5)


def settings(task: object, *, standardize: object = False, **train: object) -> RunSettings:
    written = {"task": task, "data": {"standardize": standardize}, "train": train}
    return RunSettings.model_validate(written)


def plan_for(task: object, tmp_path: Path, activation: str = "sigmoid") -> ModelPlan:
    path = tmp_path / "net.yaml"
    path.write_text(NET.replace("ACTIVATION", activation))
    return load(path).plan(task=read_task(task))


def made(task: object, shown: TinyPictures | None = None, **more: object) -> Task:
    wanted = read_task(task)
    return make_task(NINE.plan(task=wanted), settings(task, **more), shown or pictures())


def some_images(shown: TinyPictures | None = None) -> tuple[Tensor, Batch]:
    shown = shown or pictures()
    return shown.images_NCHW[shown.val] / 255, Batch(shown.val, seed=0)


def test_a_mask_larger_than_the_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="12×12 doesn't fit into 8×8"):
        made("inpaint").shown(*some_images())


@pytest.mark.parametrize("name", TASKS.builtin)
def test_every_task_feeds_and_wants_what_plans_are_made_for(name: str, tmp_path: Path) -> None:
    """And its loss reaches every weight; a net is trained through it."""
    images, batch = some_images()
    channels = task_channels(name, 3)
    task = made({"inpaint": {"size": 3}} if name == "inpaint" else name, standardize=True)
    fed = feed(task, images, batch)
    assert fed.shape == (5, channels.feeds, 8, 8)
    net = nn.Sequential(nn.Conv2d(channels.feeds, channels.wants, 3, padding=1), nn.Sigmoid())
    output = net(fed)
    task.loss(output, images).backward()
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())
    predicted = predict(task, output, images)
    assert predicted.shape == images.shape
    assert predicted.min() >= 0
    assert predicted.max() <= 1


@pytest.mark.parametrize("name", TASKS.builtin)
def test_a_task_is_made_for_apply_without_any_training_data(name: str) -> None:
    """Fed and predicted are what the trained task gives, for pictures as they are shown."""
    shown, wanted = pictures(), read_task(name)
    images, _ = some_images(shown)
    plan, config = NINE.plan(task=wanted), settings(name, standardize=True)
    trained = make_task(plan, config, shown)
    assert trained.standardize is not None
    applied = make_task_for_apply(plan, config, trained.standardize.mean, trained.standardize.std)
    assert torch.equal(applied.prepare(images), trained.prepare(images))
    output = torch.rand(5, task_channels(name, 3).wants, 8, 8)
    assert torch.equal(predict(applied, output, images), predict(trained, output, images))


def test_reconstruction_shows_and_wants_the_picture_itself() -> None:
    images, batch = some_images()
    task = made("reconstruct")
    assert task.shown(images, batch) is images
    assert feed(task, images, batch) is images
    assert task.loss(images, images).item() == 0


def test_what_is_predicted_perfectly_is_the_original() -> None:
    """An identity net has MSE 0, and exact chroma or exact classes give the picture back."""
    images, _ = some_images()
    for name in ("reconstruct", "denoise", {"inpaint": {"size": 3}}, "colorize"):
        assert torch.equal(predict(made(name), images, images), images)
        assert made(name).loss(images, images).item() == 0
    merged = predict(made("colorize-chroma"), chroma(images), images)
    torch.testing.assert_close(merged, images, rtol=0, atol=1e-6)
    keeping = made({"colorize": {"keep_luminance": True}})
    torch.testing.assert_close(predict(keeping, images, images), images, rtol=0, atol=1e-6)
    fine = {"colorize-bins": {"grid": 64}}
    indices, _ = encode_soft(chroma(images), ChromaClasses.of(bin_centers(64), near=1))
    scores = nn.functional.one_hot(indices[:, 0], len(bin_centers(64))).permute(0, 3, 1, 2)
    task = make_task(NINE.plan(task=read_task(fine)), settings(fine), pictures())
    near = predict(task, scores.float(), images)
    assert (chroma(near) - chroma(images)).abs().max() < 1 / 64
    assert (luminance(near) - luminance(images)).abs().mean() < 0.01  # but for clipping


def test_noise_has_its_sigma_and_is_not_clipped() -> None:
    task = made({"denoise": {"sigma": 0.25}})
    images = torch.zeros(40, 3, 32, 32)
    noisy = task.shown(images, Batch(torch.arange(40), seed=0))
    assert noisy.std().item() == pytest.approx(0.25, rel=0.01)
    assert noisy.mean().item() == pytest.approx(0, abs=0.003)
    assert noisy.min() < -0.5
    assert torch.equal(
        made({"denoise": {"sigma": 0}}).shown(images, Batch(torch.arange(40), 0)), images
    )


def test_a_square_is_masked_inside_each_picture_at_many_places() -> None:
    images = torch.ones(200, 3, 8, 8)
    masked = made({"inpaint": {"size": 3}}).shown(images, Batch(torch.arange(200), seed=0))
    assert (masked == 0).sum(dim=(1, 2, 3)).unique().tolist() == [3 * 9]
    corners = {tuple((picture[0] == 0).nonzero()[0].tolist()) for picture in masked}
    assert corners == {(row, column) for row in range(6) for column in range(6)}
    assert torch.equal(masked[:, 0], masked[:, 2])


@pytest.mark.parametrize("name", ["denoise", "inpaint"])
@pytest.mark.parametrize("epoch", [None, 3])
def test_chance_is_of_the_picture_alone(name: str, epoch: int | None) -> None:
    """Not of the batch, nor of torch's generator; another seed or epoch gives another."""
    shown = pictures()
    task = made({"inpaint": {"size": 3}} if name == "inpaint" else name, shown)
    images = shown.images_NCHW / 255
    whole = Batch(torch.arange(40), seed=1, epoch=epoch)
    at_once = task.shown(images, whole)
    torch.manual_seed(7)
    parts = torch.randperm(40).split(7)
    for part in parts:
        alone = task.shown(images[part], Batch(part, seed=1, epoch=epoch))
        assert torch.equal(alone, at_once[part])
    for other in (Batch(whole.indices, 2, epoch), Batch(whole.indices, 1, 4)):
        assert not torch.equal(task.shown(images, other), at_once)


@pytest.mark.parametrize("name", [name for name in TASKS.builtin if needs_rgb(name)])
def test_color_tasks_see_the_luminance_alone(name: str) -> None:
    images, batch = some_images()
    task = made(name)
    fed = feed(task, images, batch)
    torch.testing.assert_close(fed, luminance(images))
    gray = luminance(images).expand_as(images)
    assert torch.allclose(feed(task, gray, batch), fed, atol=1e-6)
    assert torch.equal(task.shown(images, batch)[:, 0], task.shown(images, batch)[:, 2])


@pytest.mark.parametrize(
    "task", ["colorize-chroma", "colorize-bins", {"colorize": {"keep_luminance": True}}]
)
def test_merged_predictions_keep_the_luminance(task: object) -> None:
    images, _ = some_images()
    kept = made(task)
    assert kept.merges
    output = torch.rand(5, task_channels(read_task(task), 3).wants, 8, 8)
    torch.testing.assert_close(luminance(kept.unclipped(output, images)), luminance(images))


def test_a_gain_moves_predicted_chroma_from_gray_and_leaves_the_loss() -> None:
    images, _ = some_images()
    plain, vivid = made("colorize-chroma"), made({"colorize-chroma": {"gain": 1.5}})
    output = 0.5 + 0.05 * torch.randn(5, 2, 8, 8)
    twice = chroma(vivid.unclipped(output, images)) - 0.5
    torch.testing.assert_close(twice, 1.5 * (output - 0.5), rtol=0, atol=1e-5)
    assert torch.equal(vivid.loss(output, images), plain.loss(output, images))
    torch.testing.assert_close(luminance(vivid.unclipped(output, images)), luminance(images))


def test_standardize_changes_only_what_is_fed() -> None:
    shown = pictures()
    images = shown.images_NCHW[shown.train].double() / 255
    batch = Batch(shown.train, seed=0)
    for name in ("reconstruct", "colorize-chroma"):
        task = made(name, shown, standardize=True)
        fed = feed(task, images, batch)
        channels = fed.shape[1]
        assert fed.dtype == torch.float64
        torch.testing.assert_close(
            fed.mean(dim=(0, 2, 3)), torch.zeros(channels).double(), rtol=0, atol=1e-6
        )
        torch.testing.assert_close(
            fed.std(dim=(0, 2, 3), correction=0), torch.ones(channels).double(), rtol=0, atol=1e-6
        )
    assert made("reconstruct", shown, standardize=True).loss(images, images).item() == 0


@pytest.mark.parametrize("name", ["reconstruct", "denoise", "colorize", "colorize-chroma"])
@pytest.mark.parametrize("loss", ["mse", "l1", "huber"])
def test_a_signed_net_sees_and_gives_numbers_from_minus_1_to_1(name: str, loss: str) -> None:
    """What is fed is 2x − 1, and (y + 1) / 2 is compared; all else is as it was."""
    images, batch = some_images()
    config = RunSettings.model_validate(
        {"task": name, "data": {"scale": "signed"}, "train": {"loss": loss}}
    )
    plan, plain = NINE.plan(task=config.task), made(name, loss=loss)
    for task in (
        make_task(plan, config, pictures()),
        make_task_for_apply(plan, config, (), ()),
    ):
        torch.testing.assert_close(feed(task, images, batch), 2 * feed(plain, images, batch) - 1)
        output = 3 * torch.rand(5, task_channels(config.task, 3).wants, 8, 8) - 1.5
        unit = (output + 1) / 2
        torch.testing.assert_close(task.loss(output, images), plain.loss(unit, images))
        torch.testing.assert_close(
            task.unclipped(output, images), plain.unclipped(unit, images), rtol=0, atol=1e-6
        )


def test_scores_of_classes_have_no_scale() -> None:
    images, _ = some_images()
    config = RunSettings.model_validate({"task": "colorize-bins", "data": {"scale": "signed"}})
    task = make_task(NINE.plan(task=config.task), config, pictures())
    output = torch.randn(5, task_channels(config.task, 3).wants, 8, 8)
    wanted = made("colorize-bins").loss(output, images)
    torch.testing.assert_close(task.loss(output, images), wanted)
    assert task.prepare(images).min() < 0


@pytest.mark.parametrize(
    ("activation", "loss", "fits"),
    [
        ("tanh", "mse", True),
        ("none", "mse", True),
        ("sigmoid", "mse", False),
        ("relu", "l1", False),
        ("none", "huber", True),
    ],
)
def test_a_signed_output_can_be_negative(
    activation: str, loss: str, fits: bool, tmp_path: Path
) -> None:
    config = RunSettings.model_validate({"data": {"scale": "signed"}, "train": {"loss": loss}})
    plan = plan_for("reconstruct", tmp_path, activation)
    if fits:
        check_loss(plan, config)
        return
    with pytest.raises(InputError, match=f"from −1 to 1, .* has activation {activation}") as caught:
        check_loss(plan, config)
    assert caught.value.help.startswith("set `activation: tanh` on decoder[")
    bce = config.model_copy(update={"train": config.train.model_copy(update={"loss": "bce"})})
    with pytest.raises(InputError, match=r"bce, and data\.scale is signed: bce needs outputs"):
        check_loss(plan, bce)


def test_a_channel_that_never_varies_is_only_centred() -> None:
    shown = dataclasses.replace(pictures(), mean=(0.5, 0.5, 0.5), std=(0.25, 0.0, 0.5))
    fed = made("reconstruct", shown, standardize=True).prepare(torch.full((1, 3, 2, 2), 0.75))
    assert fed[0, :, 0, 0].tolist() == [1.0, 0.25, 0.5]


def test_predictions_are_clamped_and_losses_are_not() -> None:
    task, images = made("reconstruct"), torch.full((1, 3, 8, 8), 0.5)
    output = torch.tensor([-0.5, 0.25, 1.5]).reshape(1, 3, 1, 1).expand(1, 3, 8, 8)
    assert predict(task, output, images)[0, :, 0, 0].tolist() == [0.0, 0.25, 1.0]
    assert task.loss(output, images).item() == pytest.approx((1 + 0.0625 + 1) / 3)


def test_a_sigmoid_before_the_classes_changes_nothing(tmp_path: Path) -> None:
    """The scores are what went into it: same loss, same gradients, same colors."""
    images = some_images()[0].double()
    scores = 3 * torch.randn(5, 93, 8, 8, generator=torch.Generator().manual_seed(0)).double()
    found = []
    for activation in ("none", "sigmoid"):
        plan = plan_for("colorize-bins", tmp_path, activation)
        task = make_task(plan, settings("colorize-bins"), pictures())
        z = scores.clone().requires_grad_()
        output = torch.sigmoid(z) if activation == "sigmoid" else z
        loss = task.loss(output, images)
        loss.backward()
        found.append((loss.detach(), z.grad, predict(task, output.detach(), images)))
    for plain, bounded in zip(*found, strict=True):
        torch.testing.assert_close(plain, bounded, rtol=1e-6, atol=1e-9)


def test_a_sigmoid_that_ran_into_its_ends_leaves_the_loss_finite(tmp_path: Path) -> None:
    images, _ = some_images()
    task = make_task(plan_for("colorize-bins", tmp_path), settings("colorize-bins"), pictures())
    output = torch.full((5, 93, 8, 8), 1.0)
    output[:, 3] = 0.0
    output.requires_grad_()
    loss = task.loss(output, images)
    loss.backward()
    assert loss.isfinite()
    assert output.grad is not None
    assert output.grad.isfinite().all()


def test_rebalancing_weighs_rare_colors_more() -> None:
    weights = {}
    for rebalance in (0.0, 0.5, 0.99):
        task = made({"colorize-bins": {"rebalance": rebalance}})
        weights[rebalance] = task.weights_K  # type: ignore[attr-defined]
    assert weights[0.0] is None
    spread = [float(weights[r].max() / weights[r].min()) for r in (0.5, 0.99)]
    assert 1 < spread[0] < spread[1]
