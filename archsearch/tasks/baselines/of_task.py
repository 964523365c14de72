"""The baselines of a task: how well its pictures are predicted without a net."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import torch
from torch import Tensor

from archsearch.config import RunSettings, TaskKind, kind_of
from archsearch.records.baselines import Baselines
from archsearch.records.scores import ColorScores
from archsearch.spec.plan.model import Latent
from archsearch.tasks.baselines.channel_mean import channel_mean
from archsearch.tasks.baselines.color import gray_copy, mean_chroma
from archsearch.tasks.baselines.linear_codes import linear_code_baselines
from archsearch.tasks.baselines.reduced_rank import RankedMap, fit_map, map_errors
from archsearch.tasks.make import plain_task
from archsearch.tasks.metrics import Scorer
from archsearch.tasks.noise import Batch
from archsearch.tasks.pictures import PictureSet, SplitErrors
from archsearch.tasks.task import Task

__all__ = ["task_baselines"]

AT_ONCE = 256
_COLORS = {"gray_copy": gray_copy, "mean_chroma": mean_chroma}


def task_baselines(
    settings: RunSettings,
    pictures: PictureSet,
    latents: Sequence[Latent],
    bottlenecks: Sequence[int] = (),
) -> tuple[Baselines, ...]:
    """Give the baselines of a task for each latent, in order.

    The channel mean, and those that its descriptor names (``TaskKind.baselines``):

    - pca, pca_bottleneck, patch_pca: linear codes (:func:`linear_code_baselines`);
    - linear: the best linear map from what is shown to the picture through as many numbers
      as the latent has (reduced-rank regression); None for pictures of more than 8192 numbers;
    - untouched: what is shown, as it is;
    - gray_copy, mean_chroma: colors from the luminance alone, with their color scores.

    Noise and masks are those that nets are measured with. What was fitted is kept
    for the pictures used last, so that more latents cost little.

    Args:
        settings: task and ``data.seed``.
        pictures: the pictures and their splits.
        latents: what the encoders of interest give.
        bottlenecks: as in :func:`linear_code_baselines`.
    """
    kind = kind_of(settings.task)
    shown = (kind.shows or kind, kind.baselines, _name(settings))
    found = _measured(_Key(pictures.fingerprint, shown, pictures, settings))
    errors: list[Mapping[str, tuple[float, float] | None]] = [found.common] * len(latents)
    if {"pca", "pca_bottleneck", "patch_pca"} & set(kind.baselines):
        codes = linear_code_baselines(pictures, latents, bottlenecks)
        errors = [
            {name: code.pair(name) for name in kind.baselines if name in code.errors} | dict(one)
            for one, code in zip(errors, codes, strict=True)
        ]
    if "linear" in kind.baselines:
        linear = found.linear({latent.size for latent in latents})
        both = zip(errors, latents, strict=True)
        errors = [{**one, "linear": linear[latent.size]} for one, latent in both]
    return tuple(Baselines.of(one, found.colors) for one in errors)


@dataclass(frozen=True)
class _Key:
    """Equal for equal pictures shown in the same way, whichever objects hold them."""

    fingerprint: str
    shown: tuple[str | TaskKind, tuple[str, ...], str]
    pictures: PictureSet = field(compare=False)
    settings: RunSettings = field(compare=False)


@dataclass
class _Measured:
    """The baselines of one picture set and one way of showing it, with what was measured so far."""

    key: _Key
    errors: dict[int, SplitErrors | None] = field(default_factory=dict)

    @cached_property
    def common(self) -> dict[str, SplitErrors | None]:
        """All but the linear map's."""
        pictures, settings = self.key.pictures, self.key.settings
        found: dict[str, SplitErrors | None] = {"channel_mean": channel_mean(pictures)}
        if "untouched" in kind_of(settings.task).baselines:
            untouched = (self._untouched(split) for split in (pictures.val, pictures.test))
            found["untouched"] = SplitErrors(*untouched)
        return found | {name: errors for name, (errors, _) in self._color.items()}

    @property
    def colors(self) -> dict[str, ColorScores]:
        """The color scores of those that have some."""
        return {name: color for name, (_, color) in self._color.items()}

    @cached_property
    def _color(self) -> dict[str, tuple[SplitErrors, ColorScores]]:
        named = kind_of(self.key.settings.task).baselines
        wanted = {name: measure for name, measure in _COLORS.items() if name in named}
        return {name: measure(self.key.pictures) for name, measure in wanted.items()}

    def linear(self, ks: Iterable[int]) -> dict[int, SplitErrors | None]:
        """Errors of the linear map through k numbers; what is new is measured in one go."""
        wanted = set(ks)
        new = sorted(wanted - set(self.errors))
        if new and self._map is None:
            self.errors |= dict.fromkeys(new)
        elif new and self._map is not None:
            pictures = self.key.pictures
            val = map_errors(self._map, pictures, pictures.val, self._fed, new)
            test = map_errors(self._map, pictures, pictures.test, self._fed, new)
            self.errors |= {k: SplitErrors(val[k], test[k]) for k in new}
        return {k: self.errors[k] for k in wanted}

    @cached_property
    def _map(self) -> RankedMap | None:
        return fit_map(self.key.pictures, self._fed)

    def _fed(self, images_NCHW: Tensor, indices: Tensor) -> Tensor:
        """What nets are fed, but for standardizing."""
        return self._task.prepare(self._shown(images_NCHW, indices))

    def _shown(self, images_NCHW: Tensor, indices: Tensor) -> Tensor:
        return self._task.shown(images_NCHW, Batch(indices, self.key.settings.data.seed))

    @cached_property
    def _task(self) -> Task:
        return plain_task(self.key.settings)

    def _untouched(self, indices: Tensor) -> float:
        scorer = Scorer(ssim=False)
        for part in torch.split(indices, AT_ONCE):
            truth_NCHW = self.key.pictures.images_NCHW[part].float() / 255
            scorer.add(self._shown(truth_NCHW, part), truth_NCHW)
        return scorer.scores().mse


@lru_cache(maxsize=2)
def _measured(key: _Key) -> _Measured:
    return _Measured(key)


def _name(settings: RunSettings) -> str:
    """What decides what is shown, e.g. ``denoise-0.1-0``."""
    kind = kind_of(settings.task)
    values = [getattr(settings.task, option) for option in kind.changes_input]
    told = [f"{value:g}" if isinstance(value, float) else str(value) for value in values]
    seed = [str(settings.data.seed)] if plain_task(settings).random else []
    return "-".join([kind.shows or kind.name, *told, *seed])
