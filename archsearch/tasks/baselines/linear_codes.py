"""Linear codes as baselines: PCA of whole pictures and of patches.

All are fitted on the training split and measured on validation and test, as
every net is: mean over pixels and channels of RGB in [0, 1], prediction
clamped. Values near 0 are given as they are, however small.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from archsearch.records.baselines import Baselines
from archsearch.spec.plan.model import Latent
from archsearch.spec.shape import Pair
from archsearch.tasks.baselines.channel_mean import channel_mean
from archsearch.tasks.baselines.pca import LinearCode, fit_code, reconstruction_errors
from archsearch.tasks.pictures import PictureSet, SplitErrors

__all__ = ["linear_code_baselines", "patch_of", "pca_curve"]


def linear_code_baselines(
    pictures: PictureSet,
    latents: Sequence[Latent],
    bottlenecks: Sequence[int] = (),
) -> tuple[Baselines, ...]:
    """Give the channel mean and the errors of linear codes for each latent, in order.

    - channel mean: each channel's mean over the training split;
    - PCA with k = min(latent size, n − 1, dimensions) numbers a picture, centred:
      the best linear code of that many numbers; None for pictures so large and
      so many that it can't be afforded (8192 numbers each, and as many);
    - the same with as many numbers as get through the net, where those are fewer;
    - patch PCA of the latent's own shape C×h×w: the picture cut into h×w
      patches, each coded by the same C directions: the best linear code of
      the same geometry; None where h×w doesn't tile the picture.

    What was fitted is kept for the pictures used last, so that more latents
    cost little.

    Args:
        pictures: the pictures and their splits.
        latents: what the encoders of interest give.
        bottlenecks: numbers that get through each latent's net (``bottleneck.size``); none:
            as many as its latent has.
    """
    codes = _codes(_Key(pictures.fingerprint, pictures))
    whole = Pair(*pictures.images_NCHW.shape[-2:])
    sizes = bottlenecks or [latent.size for latent in latents]
    wanted: dict[Pair, set[int]] = {whole: {latent.size for latent in latents} | {*sizes}}
    for latent in latents:
        if patch := patch_of(latent, *whole):
            wanted.setdefault(patch, set()).add(latent.channels)
    errors = {patch: codes.measure(patch, ks) for patch, ks in wanted.items()}

    def record(latent: Latent, bottleneck: int) -> Baselines:
        patch = patch_of(latent, *whole)
        pca = errors[whole][latent.size]
        narrow = errors[whole][bottleneck] if bottleneck < latent.size else None
        patched = errors[patch][latent.channels] if patch else None
        return Baselines.of(
            {
                "channel_mean": codes.channel_mean,
                "pca": pca,
                "pca_bottleneck": narrow,
                "patch_pca": patched,
            }
        )

    return tuple(record(*each) for each in zip(latents, sizes, strict=True))


def pca_curve(pictures: PictureSet, ks: Iterable[int] | None = None) -> dict[int, SplitErrors]:
    """Give the error of PCA with k numbers a picture, for each k.

    Args:
        pictures: the pictures and their splits.
        ks: whole numbers from 0 (the mean picture) on; over min(n − 1,
            dimensions) they count as that many. None: 1, 2, 4, … and all dimensions.

    Returns:
        Errors by k; empty where PCA can't be afforded (see :func:`linear_code_baselines`).

    Raises:
        ValueError: a k is negative.
    """
    channels, height, width = pictures.images_NCHW.shape[1:]
    wanted = _powers_of_two(channels * height * width) if ks is None else sorted(set(ks))
    codes = _codes(_Key(pictures.fingerprint, pictures))
    errors = codes.measure(Pair(height, width), wanted)
    return {k: found for k in wanted if (found := errors[k]) is not None}


def patch_of(latent: Latent, height: int, width: int) -> Pair | None:
    """Give the patch of a height×width picture that one latent position stands for.

    Example:
        >>> patch_of(Latent(1024, 16, 8, 8, 3.0, 1024), 32, 32)
        Pair(height=4, width=4)
        >>> patch_of(Latent(1200, 12, 10, 10, 2.56, 1200), 32, 32) is None
        True
    """
    if height % latent.height or width % latent.width:
        return None
    return Pair(height // latent.height, width // latent.width)


@dataclass(frozen=True)
class _Key:
    """Equal for equal pictures, whichever object holds them."""

    fingerprint: str
    pictures: PictureSet = field(compare=False)


@dataclass
class _Codes:
    """The linear codes of one picture set, with the errors measured so far."""

    key: _Key
    fitted: dict[Pair, LinearCode | None] = field(default_factory=dict)
    errors: dict[tuple[Pair, int], SplitErrors | None] = field(default_factory=dict)

    @cached_property
    def channel_mean(self) -> SplitErrors:
        return channel_mean(self.key.pictures)

    def measure(self, patch: Pair, ks: Iterable[int]) -> dict[int, SplitErrors | None]:
        """Give the errors for each k; what is new is measured in one go."""
        wanted = list(ks)
        if min(wanted, default=0) < 0:
            raise ValueError(f"a code of {min(wanted)} numbers: k must be at least 0")
        new = [k for k in wanted if (patch, k) not in self.errors]
        if new:
            self._measure(patch, new)
        return {k: self.errors[patch, k] for k in wanted}

    def _measure(self, patch: Pair, ks: Sequence[int]) -> None:
        pictures = self.key.pictures
        if patch not in self.fitted:
            self.fitted[patch] = fit_code(pictures, patch)
        code = self.fitted[patch]
        if code is None:
            self.errors |= {(patch, k): None for k in ks}
            return
        val = reconstruction_errors(code, pictures, pictures.val, patch, ks)
        test = reconstruction_errors(code, pictures, pictures.test, patch, ks)
        self.errors |= {(patch, k): SplitErrors(val[k], test[k]) for k in ks}


@lru_cache(maxsize=2)
def _codes(key: _Key) -> _Codes:
    return _Codes(key)


def _powers_of_two(largest: int) -> list[int]:
    return [*(1 << step for step in range((largest - 1).bit_length())), largest]
