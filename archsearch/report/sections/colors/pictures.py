"""Rows of gray, true and predicted pictures."""

from __future__ import annotations

from collections.abc import Sequence

from archsearch.records import OF_EACH, RunResult
from archsearch.report.drawing.sample_grids import same_columns, side_by_side
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import PictureRow, PictureRows
from archsearch.report.sections.colors.cells import decimals
from archsearch.report.sections.colors.variants import SeedPictures, Variant

__all__ = ["chosen_pictures", "same_pictures"]

_MOST_PICTURES = 8


def same_pictures(variants: Sequence[Variant], title: str) -> PictureRows | None:
    """The same first test pictures: gray, original, and a row for each variant.

    Only variants whose pictures are the same; None where none are in reach.
    """
    found = [(variant, pictures) for variant in variants if (pictures := variant.pictures)]
    grids = [pictures.grid.fixed for _, pictures in found]
    kept, columns = same_columns(grids)
    columns = columns[:_MOST_PICTURES]
    if not kept:
        return None
    rows = [
        PictureRow("gray", "what the nets see", side_by_side(grids[0].gray[columns])),
        PictureRow("original", "", side_by_side(grids[0].true[columns])),
    ]
    rows += [_row(*found[place], side_by_side(grids[place].predicted[columns])) for place in kept]
    left = len(found) - len(kept)
    note = f" {left} with other pictures left out." if left else ""
    caption = f"Each row is one run.{note}"
    return PictureRows("colors-fixed", title, caption, tuple(rows))


def chosen_pictures(ranked: Sequence[Variant]) -> PictureRows | None:
    """Best, median and worst test pictures of the best variant whose pictures are in reach.

    By its own ΔE. None where there are no pictures.
    """
    found = ((variant, pictures) for variant in ranked if (pictures := variant.pictures))
    having = ((v, pictures) for v, pictures in found if len(pictures.grid.chosen.true))
    variant, pictures = next(having, (None, None))
    if variant is None or pictures is None:
        return None
    chosen = pictures.grid.chosen
    rows = (
        PictureRow("gray", "", side_by_side(chosen.gray, OF_EACH)),
        PictureRow("original", "", side_by_side(chosen.true, OF_EACH)),
        _row(variant, pictures, side_by_side(chosen.predicted, OF_EACH)),
    )
    caption = "From the left: three pictures with the least, the middling and the largest ΔE."
    return PictureRows("colors", f"What {variant.name} colors best and worst", caption, rows)


def _row(variant: Variant, pictures: SeedPictures, png: bytes) -> PictureRow:
    return PictureRow(
        variant.called, f"{variant.task}, {_numbers(pictures.result)}", png, variant.trial
    )


def _numbers(result: RunResult) -> str:
    """Which run it is, and that run's errors."""
    color = result.test.color
    delta_e = color.delta_e if color else None
    told = f"seed {result.seed}: val MSE {error(result.val.mse)}"
    return told if delta_e is None else f"{told}, ΔE {decimals(delta_e)}"
