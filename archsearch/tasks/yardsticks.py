"""The yardsticks of every task: what its pictures give without a net."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import torch
from torch import Tensor

from archsearch.config import Denoise, Inpaint, Reconstruct, RunSettings, needs_color
from archsearch.records.results import Baselines, ColorScores
from archsearch.spec.plan.model import Latent
from archsearch.tasks.baselines import baselines, channel_mean
from archsearch.tasks.chance import Batch
from archsearch.tasks.color_baselines import gray_copy, mean_chroma
from archsearch.tasks.color_space import luminance
from archsearch.tasks.make import plain_task
from archsearch.tasks.map_cache import fit_or_load_map
from archsearch.tasks.metrics import Scorer
from archsearch.tasks.pictures import PictureSet, SplitErrors
from archsearch.tasks.reduced_rank import RankedMap, map_errors

__all__ = ["task_baselines"]

AT_ONCE = 256


def task_baselines(
    settings: RunSettings,
    pictures: PictureSet,
    latents: Sequence[Latent],
    bottlenecks: Sequence[int] = (),
    *,
    cache: Path | None = None,
) -> tuple[Baselines, ...]:
    """Give the yardsticks of a task for each latent, in order.

    - reconstruct: channel mean, PCA and patch PCA (:func:`baselines`);
    - all others: channel mean, and the best linear map from what is shown to the
      picture through as many numbers as the latent has (reduced-rank regression);
      None for pictures of more than 8192 numbers;
    - denoise, inpaint: also the untouched input;
    - color tasks: also the gray copy and the mean chroma, with their color scores.

    Noise and masks are those that nets are measured with. What was fitted is kept
    for the pictures used last, so that more latents cost little.

    Args:
        settings: task and ``data.seed``.
        pictures: the pictures and their splits.
        latents: what the encoders of interest give.
        bottlenecks: as in :func:`baselines`.
        cache: folder for what is fitted, shared by processes and later runs.
    """
    if isinstance(settings.task, Reconstruct):
        return baselines(pictures, latents, bottlenecks, cache=cache)
    found = _yardsticks(_Key(pictures.fingerprint, _name(settings), cache, pictures, settings))
    linear = found.linear({latent.size for latent in latents})
    return tuple(
        Baselines.of(found.common | {"linear": linear[latent.size]}, found.colors)
        for latent in latents
    )


@dataclass(frozen=True)
class _Key:
    """Equal for equal pictures shown in the same way, whichever objects hold them."""

    fingerprint: str
    name: str
    cache: Path | None
    pictures: PictureSet = field(compare=False)
    settings: RunSettings = field(compare=False)


@dataclass
class _Yardsticks:
    """Those of one picture set and one way of showing it, with what was measured so far."""

    key: _Key
    errors: dict[int, SplitErrors | None] = field(default_factory=dict)

    @cached_property
    def common(self) -> dict[str, SplitErrors | None]:
        """All but the linear map's."""
        pictures, settings = self.key.pictures, self.key.settings
        found: dict[str, SplitErrors | None] = {"channel_mean": channel_mean(pictures)}
        if isinstance(settings.task, Denoise | Inpaint):
            untouched = (self._untouched(split) for split in (pictures.val, pictures.test))
            found["untouched"] = SplitErrors(*untouched)
        return found | {name: errors for name, (errors, _) in self._color.items()}

    @property
    def colors(self) -> dict[str, ColorScores]:
        """The color scores of those that have some."""
        return {name: color for name, (_, color) in self._color.items()}

    @cached_property
    def _color(self) -> dict[str, tuple[SplitErrors, ColorScores]]:
        if not needs_color(self.key.settings.task):
            return {}
        pictures = self.key.pictures
        return {"gray_copy": gray_copy(pictures), "mean_chroma": mean_chroma(pictures)}

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
        return fit_or_load_map(self.key.pictures, self._fed, self.key.name, self.key.cache)

    def _fed(self, images_NCHW: Tensor, indices: Tensor) -> Tensor:
        """What nets see; of gray pictures one channel."""
        shown_NCHW = self._shown(images_NCHW, indices)
        return luminance(shown_NCHW) if needs_color(self.key.settings.task) else shown_NCHW

    def _shown(self, images_NCHW: Tensor, indices: Tensor) -> Tensor:
        settings = self.key.settings
        return plain_task(settings).shown(images_NCHW, Batch(indices, settings.data.seed))

    def _untouched(self, indices: Tensor) -> float:
        scorer = Scorer(ssim=False)
        for part in torch.split(indices, AT_ONCE):
            truth_NCHW = self.key.pictures.images_NCHW[part].float() / 255
            scorer.add(self._shown(truth_NCHW, part), truth_NCHW)
        return scorer.scores().mse


@lru_cache(maxsize=2)
def _yardsticks(key: _Key) -> _Yardsticks:
    return _Yardsticks(key)


def _name(settings: RunSettings) -> str:
    """What decides what is shown, as part of a file name."""
    task, seed = settings.task, settings.data.seed
    if isinstance(task, Denoise):
        return f"denoise-{task.sigma:g}-{seed}"
    if isinstance(task, Inpaint):
        return f"inpaint-{task.size}-{seed}"
    return "luminance"
