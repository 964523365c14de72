"""The bent line against brute force, and its evidence where there is and isn't a bend."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from archsearch.report.statistics.knee import FEWEST_FOR_KNEE, find_knee, fit_line


def bent(rng: np.random.Generator, n: int, turn: float, noise: float) -> tuple[np.ndarray, ...]:
    x = rng.uniform(np.log(16), np.log(2048), n)
    y = -1 - 0.9 * x + turn * np.maximum(x - np.log(256), 0) + noise * rng.standard_normal(n)
    return np.exp(x), np.exp(y)


def test_a_known_knee_is_found():
    knee = find_knee(*bent(np.random.default_rng(0), 60, 0.8, 0.1))
    assert knee.p < 0.01
    assert knee._replace(p_holm=0.04).shown
    assert not knee.shown  # not before it is corrected
    assert knee.low <= 256 <= knee.high
    assert knee.high / knee.low < 3
    assert knee.slope_before == pytest.approx(-0.9, abs=0.1)
    assert knee.slope_after == pytest.approx(-0.1, abs=0.12)


def test_it_is_the_best_bend_that_scipy_finds():
    latent, mse = bent(np.random.default_rng(1), 40, 0.7, 0.15)
    x, y = np.log(latent), np.log(mse)

    def squares(bend: float) -> float:
        design = np.column_stack([np.ones_like(x), x, np.maximum(x - bend, 0)])
        return float(((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum())

    best = min(
        (
            optimize.minimize_scalar(squares, bounds=(b, b + 0.2), method="bounded")
            for b in np.arange(3.2, 7.2, 0.2)
        ),
        key=lambda found: found.fun,
    )
    knee = find_knee(latent, mse)
    assert squares(np.log(knee.latent)) == pytest.approx(best.fun, rel=0.02)
    turned = (knee.slope_after - knee.slope_before) * np.maximum(x - np.log(knee.latent), 0)
    left = y - (knee.intercept + knee.slope_before * x + turned)
    assert float(left @ left) == pytest.approx(squares(np.log(knee.latent)))


def test_straight_lines_seldom_show_one():
    rng = np.random.default_rng(2)
    shown = sum(find_knee(*bent(rng, 40, 0.0, 0.3), seed=seed).p < 0.05 for seed in range(40))
    assert shown <= 6


def test_no_room_no_knee():
    rng = np.random.default_rng(3)
    assert find_knee(*bent(rng, FEWEST_FOR_KNEE - 1, 1, 0.1)) is None
    assert find_knee(np.repeat([16.0, 64.0], 20), rng.random(40)) is None
    assert fit_line([64, 64, 64], [0.1, 0.2, 0.3]) is None


def test_the_straight_line_is_polyfits():
    line = fit_line([16, 64, 256, 1024], [0.02, 0.01, 0.005, 0.0025])
    assert line.slope == pytest.approx(-0.5)
    assert line.r_squared == pytest.approx(1)
