"""How different two colors look: CIEDE2000, and agreement within a tolerance."""

from __future__ import annotations

import math

import torch
from torch import Tensor

__all__ = ["delta_e_2000", "lab_accuracy"]

DEGREE = math.pi / 180
POWER = 25.0**7


def delta_e_2000(lab_a: Tensor, lab_b: Tensor) -> Tensor:
    """Give the CIEDE2000 difference of each pixel, shape NHW; about 1 is just visible.

    With k_L = k_C = k_H = 1, as written out by Sharma, Wu and Dalal 2005
    (doi:10.1002/col.20070), whose 34 test pairs it meets. Symmetric.

    Args:
        lab_a: CIE Lab, N3HW.
        lab_b: the same shape and dtype.

    Example:
        >>> a = torch.tensor([50.0, 2.6772, -79.7751], dtype=torch.float64).reshape(1, 3, 1, 1)
        >>> b = torch.tensor([50.0, 0.0, -82.7485], dtype=torch.float64).reshape(1, 3, 1, 1)
        >>> round(delta_e_2000(a, b).item(), 4)
        2.0425
    """
    light_a, a_a, b_a = lab_a.unbind(-3)
    light_b, a_b, b_b = lab_b.unbind(-3)
    stretch = 1.5 - 0.5 * _saturation((torch.hypot(a_a, b_a) + torch.hypot(a_b, b_b)) / 2)
    a_a, a_b = a_a * stretch, a_b * stretch
    chroma_a, chroma_b = torch.hypot(a_a, b_a), torch.hypot(a_b, b_b)
    hue_a, hue_b = _hue(a_a, b_a), _hue(a_b, b_b)
    turn, hue = _hue_step_and_mean(hue_a, hue_b)

    light, chroma = (light_a + light_b) / 2, (chroma_a + chroma_b) / 2
    offset = (light - 50).square()
    d_light = (light_b - light_a) / (1 + 0.015 * offset / (20 + offset).sqrt())
    d_chroma = (chroma_b - chroma_a) / (1 + 0.045 * chroma)
    d_hue = 2 * (chroma_a * chroma_b).sqrt() * torch.sin(turn / 2)
    d_hue = d_hue / (1 + 0.015 * chroma * _hue_weight(hue))
    rotation = -torch.sin(2 * _blue_region(hue)) * 2 * _saturation(chroma)
    squared = d_light.square() + d_chroma.square() + d_hue.square() + rotation * d_chroma * d_hue
    return squared.clamp_min(0).sqrt()


def lab_accuracy(lab_a: Tensor, lab_b: Tensor, tolerance: float) -> Tensor:
    """Tell for each pixel whether all three rounded Lab channels agree, NHW bool.

    L within ``tolerance``, a and b within 2.2 times as much, as their ranges are
    100 and 220 (Nazeri, Ng and Ebrahimi 2018, arXiv 1803.05400, section 4).

    Args:
        lab_a: CIE Lab, N3HW.
        lab_b: the same shape.
        tolerance: t, in units of L.

    Example:
        >>> a, b = torch.zeros(1, 3, 1, 1), torch.tensor([2.4, 4.4, 0.0]).reshape(1, 3, 1, 1)
        >>> lab_accuracy(a, b, 2).item(), lab_accuracy(a, 2 * b, 2).item()
        (True, False)
    """
    light, a, b = (lab_a.round() - lab_b.round()).abs().unbind(-3)
    wide = 11 * tolerance  # 2.2 t in fifths: exact for whole t, as 2.2 in binary isn't
    return (light <= tolerance) & (5 * a <= wide) & (5 * b <= wide)


def _saturation(chroma: Tensor) -> Tensor:
    """√(C⁷ / (C⁷ + 25⁷)): from 0 for gray to 1."""
    power = chroma**7
    return (power / (power + POWER)).sqrt()


def _hue(a: Tensor, b: Tensor) -> Tensor:
    """The angle of (a, b) in [0, 2π)."""
    angle = torch.atan2(b, a)
    return torch.where(angle < 0, angle + 2 * math.pi, angle)


def _hue_step_and_mean(hue_a: Tensor, hue_b: Tensor) -> tuple[Tensor, Tensor]:
    """Give b − a the short way round, and the angle halfway.

    Grays need no case of their own: without chroma no hue enters the difference.
    """
    step, total = hue_b - hue_a, hue_a + hue_b
    far = step.abs() > math.pi
    turn = torch.where(far, step - 2 * math.pi * step.sign(), step)
    across = torch.where(total < 2 * math.pi, total + 2 * math.pi, total - 2 * math.pi)
    return turn, torch.where(far, across, total) / 2


def _hue_weight(hue: Tensor) -> Tensor:
    """T of the formula."""
    return (
        1
        - 0.17 * torch.cos(hue - 30 * DEGREE)
        + 0.24 * torch.cos(2 * hue)
        + 0.32 * torch.cos(3 * hue + 6 * DEGREE)
        - 0.20 * torch.cos(4 * hue - 63 * DEGREE)
    )


def _blue_region(hue: Tensor) -> Tensor:
    """Δθ of the formula: up to 30° at a hue of 275°, nothing elsewhere."""
    return 30 * DEGREE * torch.exp(-((hue / DEGREE - 275) / 25).square())
