"""How much of its latent a trained net really uses.

A latent of 1024 numbers may carry far fewer: units that never change, units
that repeat each other, digits that the decoder doesn't need.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from archsearch.records.results import LatentCodes
from archsearch.tasks import Scorer, exact, predict
from archsearch.train.loop.epoch import measured
from archsearch.train.loop.training import Training

if TYPE_CHECKING:
    from archsearch.data import Pictures

__all__ = ["measure_latent_codes"]

_MOST_PICTURES = 1000
_MOST_NUMBERS = 16_000_000
_ACTIVE = 0.01
_VARIANCE_KEPT = 0.99


def measure_latent_codes(training: Training, pictures: Pictures) -> LatentCodes:
    """Measure the codes of up to 1000 validation pictures; the test split isn't read.

    Quantizing rounds every unit to one of 2⁸ or 2⁴ levels, evenly spaced
    between its least and greatest value over as many training pictures.
    """
    size = training.model.plan.latent.size
    most = max(2, min(_MOST_PICTURES, _MOST_NUMBERS // size))
    val, train = pictures.val[:most], pictures.train[:most]
    codes_NU = exact(_codes(training, val)).double()
    seen_NU = _codes(training, train)
    low_U, high_U = seen_NU.amin(dim=0), seen_NU.amax(dim=0)
    deviation_U = codes_NU.std(dim=0, correction=0)
    return LatentCodes(
        pictures=len(val),
        units=size,
        active=int((deviation_U > _ACTIVE * deviation_U.max()).sum()),
        rank=_rank(codes_NU),
        mse=_mse(training, val, None, low_U, high_U),
        mse_8bit=_mse(training, val, 8, low_U, high_U),
        mse_4bit=_mse(training, val, 4, low_U, high_U),
    )


def _codes(training: Training, indices: Tensor) -> Tensor:
    """The latents of pictures, flat: N×units."""
    return torch.cat([latent.flatten(1) for latent, _, _ in _encoded(training, indices)])


def _encoded(
    training: Training, indices: Tensor
) -> Iterator[tuple[Tensor, dict[str, Tensor], Tensor]]:
    """Latents, what the decoder reads beside them, and the pictures; batch by batch."""
    for part in measured(training, indices):
        with torch.no_grad():
            fed_NCHW = training.task.prepare(part.shown_NCHW)
            latent, skips = training.model.encode_with_skips(fed_NCHW)
        yield latent, skips, part.images_NCHW


def _rank(codes_NU: Tensor) -> int:
    """How many principal components hold 99 % of the codes' variance; 0 without any.

    At most one less than pictures.
    """
    centred_NU = codes_NU - codes_NU.mean(dim=0)
    pictures, units = centred_NU.shape
    gram = centred_NU @ centred_NU.T if pictures < units else centred_NU.T @ centred_NU
    values = torch.linalg.eigvalsh(gram).flip(0).clamp(min=0)
    if float(values[0]) <= 0:
        return 0
    held = values.cumsum(0) / values.sum()
    return int((held < _VARIANCE_KEPT).sum()) + 1


def _mse(
    training: Training, indices: Tensor, bits: int | None, low_U: Tensor, high_U: Tensor
) -> float:
    scorer = Scorer(ssim=False)
    for latent, skips, images_NCHW in _encoded(training, indices):
        code = latent if bits is None else _quantized(latent, bits, low_U, high_U)
        with torch.no_grad():
            output = training.model.decode(code, skips)
            predicted_NCHW = predict(training.task, output, images_NCHW)
            scorer.add(exact(predicted_NCHW), exact(images_NCHW))
    return scorer.scores().mse


def _quantized(latent: Tensor, bits: int, low_U: Tensor, high_U: Tensor) -> Tensor:
    """The latent rounded to 2^bits levels of each unit's range."""
    steps = 2**bits - 1
    span_U = (high_U - low_U).clamp(min=torch.finfo(low_U.dtype).tiny)
    place_NU = ((latent.flatten(1) - low_U) / span_U).clamp(0, 1)
    rounded_NU = low_U + (place_NU * steps).round() / steps * span_U
    as_it_was: Tensor = rounded_NU.reshape(latent.shape)
    return as_it_was
