"""Pictures are blurred as scipy blurs them, and the sharp picture is wanted."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.ndimage import gaussian_filter

from archsearch.config.tasks.deblur import Deblur as Settings
from archsearch.tasks import Batch, TaskContext, feed, predict
from archsearch.tasks.deblur import make
from archsearch.tasks.losses import squared_error


@pytest.mark.parametrize("sigma", [0.4, 1.0, 2.5, 9.0])
def test_it_blurs_as_scipy_does(sigma: float) -> None:
    images_NCHW = torch.rand(2, 3, 11, 14, dtype=torch.float64)
    task = make(Settings(sigma=sigma), TaskContext(squared_error))
    sigmas, reach = (0, 0, sigma, sigma), math.ceil(3 * sigma)
    expected = gaussian_filter(
        images_NCHW.numpy(), sigmas, mode="nearest", radius=(0, 0, reach, reach)
    )
    blurred = feed(task, images_NCHW, Batch(torch.arange(2), seed=0))
    torch.testing.assert_close(blurred, torch.from_numpy(expected))
    assert task.loss(images_NCHW, images_NCHW).item() == 0
    assert torch.equal(predict(task, images_NCHW, blurred), images_NCHW)
