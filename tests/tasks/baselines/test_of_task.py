"""The baselines of each task, on the pictures and the chance that nets are measured with."""

from __future__ import annotations

import pytest

from archsearch.config import RunSettings, read_task
from archsearch.tasks import Batch, linear_code_baselines, make_task, task_baselines
from archsearch.tasks.baselines import of_task
from archsearch.tasks.baselines.reduced_rank import Feed, RankedMap, fit_map
from archsearch.tasks.color.space import luminance
from tests.tasks.test_every_task import NINE, settings
from tests.tasks.tiny import TinyPictures, latent, smooth_pictures, split

LATENTS = [latent(4, 2, 2), latent(2, 4, 4)]


def pictures() -> TinyPictures:
    return split(smooth_pictures(90), 70, 10)


def of(
    task: object, shown: TinyPictures | None = None, **data: object
) -> tuple[RunSettings, object]:
    config = RunSettings.model_validate({"task": task, "data": data})
    return task_baselines(config, shown or pictures(), LATENTS)  # type: ignore[return-value]


def test_reconstruction_has_the_codes_and_no_others() -> None:
    shown = pictures()
    assert of("reconstruct", shown) == linear_code_baselines(shown, LATENTS)
    assert set(of("reconstruct", shown)[0].errors) == {"channel_mean", "pca", "patch_pca"}


@pytest.mark.parametrize("task", [{"denoise": {"sigma": 0.1}}, {"inpaint": {"size": 3}}])
def test_the_untouched_input_is_what_nets_are_fed(task: object) -> None:
    """The same noise and masks, those of data.seed."""
    shown = pictures()
    found = of(task, shown, seed=5)[0]
    images = shown.images_NCHW[shown.test].float() / 255
    made = make_task(NINE.plan(task=read_task(task)), settings(task), shown)
    fed = made.shown(images, Batch(shown.test, seed=5))
    expected = (fed.clamp(0, 1) - images).double().square().mean().item()
    assert found.test("untouched") == pytest.approx(expected, rel=1e-6)
    assert found.test("untouched") != of(task, shown, seed=6)[0].test("untouched")
    given = set(found.errors)
    assert given == {"channel_mean", "untouched", "linear"}


def test_without_noise_nothing_is_left_to_do() -> None:
    found = of({"denoise": {"sigma": 0.0}})[0]
    assert found.val("untouched") == found.test("untouched") == 0
    assert found.val("linear") < found.val("channel_mean")


@pytest.mark.parametrize("task", ["colorize", "colorize-chroma", "colorize-bins"])
def test_color_tasks_share_their_baselines(task: str) -> None:
    shown = pictures()
    found = of(task, shown)[0]
    assert found == of("colorize", shown)[0]
    given = set(found.errors)
    assert given == {"channel_mean", "gray_copy", "mean_chroma", "linear"}
    images = shown.images_NCHW[shown.val].double() / 255
    gray = (luminance(images) - images).square().mean().item()
    assert found.val("gray_copy") == pytest.approx(gray, rel=1e-6)
    assert found.color("gray_copy") is not None
    assert found.color("gray_copy").desaturation == 0


def test_more_numbers_give_the_linear_map_no_less_on_what_it_was_fitted_on() -> None:
    shown = pictures()
    all_alike = TinyPictures(
        shown.images_NCHW, *[shown.train] * 3, shown.mean, shown.std, "one split"
    )
    few, many = of("denoise", all_alike)
    assert many.val("linear") < few.val("linear") < few.val("channel_mean")


def test_a_map_is_fitted_once_for_each_way_of_showing(monkeypatch: pytest.MonkeyPatch) -> None:
    fits: list[str] = []

    def counted(shown: TinyPictures, feed: Feed) -> RankedMap | None:
        fits.append(shown.fingerprint)
        return fit_map(shown, feed)

    monkeypatch.setattr(of_task, "fit_map", counted)
    shown = split(smooth_pictures(90), 70, 10, fingerprint="counted")
    first = of({"inpaint": {"size": 3}}, shown)
    assert of({"inpaint": {"size": 3}}, shown) == first
    assert len(fits) == 1
    assert of({"inpaint": {"size": 4}}, shown) != first
    assert len(fits) == 2
