"""Rows of gray, predicted and true pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from archsearch.records import OF_EACH
from archsearch.report.color.variants import SeedPictures, Variant
from archsearch.report.drawing.style import short, truth_label
from archsearch.report.drawing.sample_grids import Bytes, same_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["chosen_figure", "fixed_figure"]

_WIDTH = 9.6
_LABELS = 2.1
_GROUPS = ("least ΔE", "middling ΔE", "largest ΔE")
_WORDS = 26
_LINES = 3


def chosen_figure(ranked: Sequence[Variant]) -> Figure | None:
    """Gray, predicted, true: best, median and worst test pictures of each task's best variant.

    Each variant's own, by its ΔE. None where no pictures are in reach.

    Args:
        ranked: the best first; of each task the first with pictures in reach is shown.
    """
    found: dict[str, tuple[Variant, SeedPictures]] = {}
    for variant in ranked:
        pictures = None if variant.task in found else variant.pictures
        if pictures is not None and len(pictures.grid.chosen.true):
            found[variant.task] = (variant, pictures)
    rows: list[tuple[str, Bytes]] = []
    for variant, pictures in found.values():
        chosen = pictures.grid.chosen
        rows += [("gray", chosen.gray), (_label(variant, pictures), chosen.predicted)]
        rows.append(("true", chosen.true))
    if not rows:
        return None
    made, panels = _panels(rows, OF_EACH)
    for place, panel in enumerate(panels):
        if place % 3 == 0:
            _name_groups(panel, rows[place][1])
    return made


def fixed_figure(variants: Sequence[Variant]) -> Figure | None:
    """The same first test pictures: gray, true, and a row for each variant.

    Only variants whose pictures are the same; None where none are in reach.
    """
    found = [(variant, variant.pictures) for variant in variants if variant.pictures]
    fixed = [pictures.grid.fixed for _, pictures in found]
    kept, columns = same_columns(fixed)
    if not kept:
        return None
    rows = [
        ("gray", fixed[0].gray[columns]),
        (truth_label(len(found) - len(kept)), fixed[0].true[columns]),
    ]
    rows += [(_label(*found[place]), fixed[place].predicted[columns]) for place in kept]
    return _panels(rows, 0)[0]


def _label(variant: Variant, pictures: SeedPictures) -> str:
    """The variant, and which of its runs it is."""
    return f"{variant.name}, seed {pictures.seed}"


def _panels(rows: Sequence[tuple[str, Bytes]], group: int) -> tuple[Figure, list[Axes]]:
    """One row of pictures each, labelled at the left; a gap after every ``group`` pictures."""
    from matplotlib.figure import Figure

    wide = [(label, _side_by_side(pictures, group)) for label, pictures in rows]
    height, width = wide[0][1].shape[:2]
    row = (_WIDTH - _LABELS) * height / width
    top = 0.3 if group else 0.05
    gap = 0.22 if group else 0.07
    total = (row + gap) * len(rows) + top
    # By hand: a layout engine leaves no room for labels beside pictures of a fixed shape.
    made = Figure(figsize=(_WIDTH, total))
    panels = list(made.subplots(len(rows), squeeze=False)[:, 0])
    made.subplots_adjust(
        left=_LABELS / _WIDTH, right=0.995, bottom=0.02 / total, top=1 - top / total,
        hspace=gap / row,
    )  # fmt: skip
    for panel, (label, picture) in zip(panels, wide, strict=True):
        panel.imshow(picture, interpolation="nearest")
        panel.set(xticks=[], yticks=[])
        panel.spines[:].set_visible(False)
        panel.set_ylabel(_wrapped(label), rotation=0, ha="right", va="center", fontsize=8.5)
    return made, panels


def _side_by_side(pictures: Bytes, group: int) -> Bytes:
    """N×H×W×3 → H×(…)×4 with a clear pixel between pictures and more between groups."""
    count, height, width = pictures.shape[:3]
    parts = []
    for place, picture in enumerate(pictures):
        parts.append(np.dstack([picture, np.full((height, width), 255, np.uint8)]))
        if place < count - 1:
            gap = max(1, width // 4) if group and (place + 1) % group == 0 else max(1, width // 16)
            parts.append(np.zeros((height, gap, 4), np.uint8))
    return np.concatenate(parts, axis=1)


def _name_groups(panel: Axes, pictures: Bytes) -> None:
    """Say over the first of each three why they are there."""
    width = pictures.shape[2]
    step = OF_EACH * width + (OF_EACH - 1) * max(1, width // 16) + max(1, width // 4)
    for place, label in enumerate(_GROUPS):
        panel.text(place * step, -0.09 * width, label, ha="left", va="bottom", fontsize=8.5)


def _wrapped(label: str) -> str:
    """A label in a few short lines; a user's text may be any length."""
    import textwrap

    lines = textwrap.wrap(short(label, _WORDS * _LINES), _WORDS, break_on_hyphens=False)
    return "\n".join(lines[:_LINES])
