"""Trainings of every task: what they learn, record and measure."""

from dataclasses import replace

import pytest
import torch

from archsearch.config import TASKS, load, needs_rgb
from archsearch.errors import InputError
from archsearch.nn import compiled
from archsearch.train import fit
from archsearch.train.scoring import _chosen
from archsearch.train.unlike import unlike


def with_classes(pictures):
    """Every third picture of another class; no picture of the last."""
    labels = torch.arange(len(pictures.images_NCHW)) % 3
    return replace(pictures, classes=("cat", "dog", "ship", "truck"), labels=labels)


@pytest.mark.parametrize("task", TASKS.builtin)
def test_a_net_learns_it_and_its_record_is_whole(made, plan_from, task: str) -> None:
    settings = made.settings(task, epochs=4, lr=0.03)
    trained = fit(plan_from(made.PLAIN, task), settings, with_classes(made.made_pictures()))
    result = trained.result
    assert result.task == task
    losses = [row.train_loss for row in result.history]
    assert losses[-1] < losses[0]
    assert result.val.mse == pytest.approx(result.history[-1].val_mse)
    colored = needs_rgb(task)
    assert (result.val.color is not None, result.test.color is not None) == (colored, colored)
    assert len(result.classes) == (3 if colored else 0)
    assert (result.chroma is not None) == colored
    count = len(trained.samples.originals)
    assert trained.samples.originals.shape == trained.samples.predicted.shape == (count, 16, 16, 3)
    assert (count, trained.samples.chosen) == ((17, 9) if colored else (8, 0))


def test_color_scores_are_those_of_both_splits(made, plan_from) -> None:
    pictures = with_classes(made.made_pictures(300))
    task = "colorize-chroma"
    trained = fit(plan_from(made.PLAIN, task), made.settings(task), pictures)
    val, test = trained.result.val.color, trained.result.test.color
    assert val.delta_e is None
    assert test.delta_e > 0
    assert 0 < test.accuracy_2 <= test.accuracy_5 <= 1
    assert 0 <= test.clipped < 1
    assert val.desaturation > 0
    classes = trained.result.classes
    assert [row.name for row in classes] == ["cat", "dog", "ship"]
    assert sum(row.pictures for row in classes) == len(pictures.test)
    weighted = sum(row.mse * row.pictures for row in classes) / len(pictures.test)
    assert weighted == pytest.approx(trained.result.test.mse, rel=1e-5)
    counted = trained.result.chroma
    assert sum(counted.true) == sum(counted.predicted) == len(pictures.test) * 16 * 16


@pytest.mark.parametrize("task", [*TASKS, {"colorize": {"keep_luminance": True}}])
def test_a_net_that_sees_nothing_has_collapsed_whatever_its_error(made, plan_from, task) -> None:
    """With weights of 0 before the latent its output is one picture, or one chroma.

    That chroma is far out, so merged with the luminance it is clipped, here more and there less.
    """

    def blind(plan, *, seed=None):
        model = compiled(plan, seed=seed)
        with torch.no_grad():
            next(p for p in model.parameters() if p.ndim == 4).zero_()
            list(model.parameters())[-1].fill_(4)
        return model

    pictures = made.made_pictures()
    plan = plan_from(made.PLAIN, task if isinstance(task, str) else "colorize")
    still = made.settings(task, epochs=1, lr=1e-12)
    lost = fit(plan, still, pictures, build=blind).result
    assert lost.collapsed
    assert lost.variance_share == pytest.approx(0, abs=1e-4)
    seeing = fit(plan, made.settings(task, epochs=12, lr=0.03), pictures).result
    assert seeing.variance_share > 0.01
    assert not seeing.collapsed


def test_strips_end_with_the_best_the_middling_and_the_worst() -> None:
    delta_e = torch.tensor([5.0, 1.0, 9.0, 3.0, 7.0, 2.0, 8.0, 4.0, 6.0, 0.0])
    chosen = delta_e[_chosen(delta_e)].tolist()
    assert chosen == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert _chosen(torch.tensor([2.0])) == [0] * 9


def test_the_last_nine_of_a_strip_rise_in_difference(made, plan_from) -> None:
    pictures = made.made_pictures(400)
    samples = fit(plan_from(made.PLAIN, "colorize"), made.settings("colorize"), pictures).samples
    originals, predicted = (
        torch.from_numpy(rows[-9:]).double() / 255
        for rows in (samples.originals, samples.predicted)
    )
    errors = (originals - predicted).square().mean(dim=(1, 2, 3))
    assert errors[:3].mean() < errors[-3:].mean()
    test_NCHW = pictures.images_NCHW[pictures.test]
    assert torch.equal(
        torch.from_numpy(samples.originals[:8]),
        test_NCHW[unlike(test_NCHW, 8)].permute(0, 2, 3, 1),
    )
    assert (samples.shown[..., 0] == samples.shown[..., 2]).all()


@pytest.mark.parametrize("task", ["denoise", "inpaint"])
def test_noise_follows_seeds_as_recorded(made, plan_from, task: str) -> None:
    """Training's by its seed; that of validation and test by data.seed, whatever the batch."""
    plan, pictures = plan_from(made.PLAIN, task), made.made_pictures()
    still = {"epochs": 1, "lr": 1e-12}
    first = fit(plan, made.settings(task, **still), pictures, seed=1).result
    again = fit(plan, made.settings(task, batch_size=80, **still), pictures, seed=1).result
    assert again.val.mse == pytest.approx(first.val.mse, rel=1e-6)
    assert again.train_mse == pytest.approx(first.train_mse, rel=1e-5)
    assert again.baselines == first.baselines
    data = made.settings(task, **still).data.model_copy(update={"seed": 9})
    settings = made.settings(task, **still).model_copy(update={"data": data})
    other = fit(plan, settings, pictures, seed=1).result
    assert other.history[0].train_mse == first.history[0].train_mse
    assert other.val.mse != first.val.mse
    assert other.baselines.val("untouched") != first.baselines.val("untouched")


def test_every_epoch_has_noise_of_its_own(made, plan_from) -> None:
    settings = made.settings("denoise", epochs=3, lr=1e-12)
    history = fit(plan_from(made.PLAIN, "denoise"), settings, made.made_pictures()).result.history
    assert len({row.train_loss for row in history}) == 3
    assert len({row.val_mse for row in history}) == 1


def test_what_the_net_was_fed_by_is_recorded(made, plan_from) -> None:
    pictures = made.made_pictures()
    plain = fit(plan_from(made.PLAIN, "colorize"), made.settings("colorize"), pictures).result
    assert plain.fed_mean == plain.fed_std == ()
    settings = made.settings("colorize", epochs=1)
    data = settings.data.model_copy(update={"standardize": True})
    shifted = settings.model_copy(update={"data": data})
    result = fit(plan_from(made.PLAIN, "colorize"), shifted, pictures).result
    assert len(result.fed_mean) == len(result.fed_std) == 1
    assert 0.4 < result.fed_mean[0] < 0.6


def test_a_plan_for_another_task_is_refused(made, plan_from) -> None:
    plan = plan_from(made.PLAIN, "colorize-chroma")
    with pytest.raises(InputError, match="takes 1 channels and gives 2, colorize feeds 1 and wa"):
        fit(plan, made.settings("colorize"), made.made_pictures())


def test_a_mask_of_the_whole_picture_is_refused(made, plan_from) -> None:
    settings = made.settings({"inpaint": {"size": 16}})
    with pytest.raises(InputError, match="covers pictures of 16×16 completely"):
        fit(plan_from(made.PLAIN, "inpaint"), settings, made.made_pictures())


def test_gray_pictures_cannot_be_colorized(made, plan_from) -> None:
    pictures = made.made_pictures()
    gray = replace(pictures, images_NCHW=pictures.images_NCHW[:, :1].contiguous())
    with pytest.raises(InputError, match="learns from color pictures, and these have 1 channel"):
        fit(plan_from(made.PLAIN, "colorize"), made.settings("colorize"), gray)


def test_classes_without_colors_to_weigh_are_refused(made, plan_from) -> None:
    pictures = made.made_pictures()
    gray_NCHW = pictures.images_NCHW[:, :1].expand(-1, 3, -1, -1).contiguous()
    gray = replace(pictures, images_NCHW=gray_NCHW, fingerprint="gray")
    with pytest.raises(InputError, match="bins without rebalancing data"):
        fit(plan_from(made.PLAIN, "colorize-bins"), made.settings("colorize-bins"), gray)


def test_the_gallerys_nets_serve_every_task() -> None:
    for name in ("acml-nine-layer", "unet", "unet-thin", "colorize-family"):
        for task in TASKS.builtin:
            assert load(f"specs/{name}.yaml").plan(task=task).output.height == 32
