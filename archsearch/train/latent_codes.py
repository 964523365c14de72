"""How much of its latent a trained net really uses.

A latent of 1024 numbers may carry far fewer: units that never change, units
that repeat each other, digits that the decoder doesn't need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
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
_UNITS_AT_ONCE = 512
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
    encoded = [*_encoded(training, val)]
    low_U, high_U = _bounds(_encoded(training, train))
    deviation_U, rank = _spread(exact(torch.cat([each.latent.flatten(1) for each in encoded])))
    return LatentCodes(
        pictures=len(val),
        units=size,
        active=int((deviation_U > _ACTIVE * deviation_U.max()).sum()),
        rank=rank,
        mse=_mse(training, encoded, None, low_U, high_U),
        mse_8bit=_mse(training, encoded, 8, low_U, high_U),
        mse_4bit=_mse(training, encoded, 4, low_U, high_U),
    )


@dataclass(frozen=True)
class _Encoded:
    """Latents of some pictures, what the decoder reads beside them, and the pictures."""

    latent: Tensor
    skips: dict[str, Tensor]
    images_NCHW: Tensor  # noqa: N815 - the axes are part of the name


def _encoded(training: Training, indices: Tensor) -> Iterator[_Encoded]:
    for part in measured(training, indices):
        yield _Encoded(*training.engine.encode(training, part), part.images_NCHW)


def _bounds(encoded: Iterable[_Encoded]) -> tuple[Tensor, Tensor]:
    """The least and the greatest value of each unit."""
    bounds = [each.latent.flatten(1).aminmax(dim=0) for each in encoded]
    low_PU, high_PU = (torch.stack(ends) for ends in zip(*bounds, strict=True))
    return low_PU.amin(dim=0), high_PU.amax(dim=0)


def _spread(codes_NU: Tensor) -> tuple[Tensor, int]:
    """Each unit's standard deviation, and how many principal components hold 99 % of the variance.

    There are at most one less of these than pictures, and none where nothing varies. Sums are in
    float64, some units at a time.
    """
    pictures, units = codes_NU.shape
    wide = pictures < units
    gram = torch.zeros((min(pictures, units),) * 2, dtype=torch.float64, device=codes_NU.device)
    deviations = []
    for part_NU in torch.split(codes_NU, _UNITS_AT_ONCE if wide else units, dim=1):
        centred_NU = part_NU.double()
        centred_NU -= centred_NU.mean(dim=0)
        deviations.append(centred_NU.square().mean(dim=0).sqrt())
        gram += centred_NU @ centred_NU.T if wide else centred_NU.T @ centred_NU
    return torch.cat(deviations), _rank(gram)


def _rank(gram: Tensor) -> int:
    if not (total := float(gram.trace())):
        return 0
    # Half the time in float32, whose last digits don't move a share of 99 %.
    shares = torch.linalg.eigvalsh((gram / total).float()).double().flip(0).clamp(min=0)
    held = shares.cumsum(0) / shares.sum()
    return int((held < _VARIANCE_KEPT).sum()) + 1


def _mse(
    training: Training,
    encoded: Iterable[_Encoded],
    bits: int | None,
    low_U: Tensor,
    high_U: Tensor,
) -> float:
    scorer = Scorer(ssim=False)
    for each in encoded:
        code = each.latent if bits is None else _quantized(each.latent, bits, low_U, high_U)
        output = training.engine.decode(training, code, each.skips)
        predicted_NCHW = predict(training.task, output, each.images_NCHW)
        scorer.add(exact(predicted_NCHW), exact(each.images_NCHW))
    return scorer.scores().mse


def _quantized(latent: Tensor, bits: int, low_U: Tensor, high_U: Tensor) -> Tensor:
    """The latent rounded to 2^bits levels of each unit's range."""
    steps = 2**bits - 1
    span_U = (high_U - low_U).clamp(min=torch.finfo(low_U.dtype).tiny)
    place_NU = ((latent.flatten(1) - low_U) / span_U).clamp(0, 1)
    rounded_NU = low_U + (place_NU * steps).round() / steps * span_U
    as_it_was: Tensor = rounded_NU.reshape(latent.shape)
    return as_it_was
