"""Reconstructions of the best, the median and the worst trial, side by side."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from archsearch.records import SeedRecord, StudyRecord, read_pictures
from archsearch.report.figures.style import figure
from archsearch.report.words_numbers import error

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from archsearch.report.findings import Findings

__all__ = ["pictures_figure"]

_MOST_PIXELS = 4_000_000


class _Strip(NamedTuple):
    title: str
    originals: np.ndarray
    predictions: np.ndarray


def pictures_figure(findings: Findings) -> Figure | None:
    """Test pictures and what three trials make of them; None where no pictures are in reach."""
    strips = [strip for strip in map(_strip, *_chosen(findings)) if strip is not None]
    if not strips:
        return None
    rows = [("test pictures", strips[0].originals)]
    rows += [(strip.title, strip.predictions) for strip in strips]
    height, width = rows[0][1].shape[:2]
    made, panels = figure(7.6, (7.6 * height / width + 0.3) * len(rows), rows=len(rows))
    for panel, (title, picture) in zip(panels, rows, strict=True):
        panel.imshow(picture, interpolation="nearest")
        panel.set_title(title, fontsize=9)
        panel.set_axis_off()
    return made


def _chosen(findings: Findings) -> tuple[list[str], list[StudyRecord], list[SeedRecord]]:
    """Best, median and worst complete trial that have pictures; fewer where fewer are."""
    with_pictures = {
        trial.number: next(seed for seed in trial.seeds if seed.pictures)
        for trial in findings.study.trials
        if trial.state == "complete" and any(seed.pictures for seed in trial.seeds)
    }
    rows = findings.complete[findings.complete["number"].isin(with_pictures)]
    ranked = rows.sort_values("val_mse")["number"].tolist()
    places = {"best": 0, "median": len(ranked) // 2, "worst": len(ranked) - 1}
    named: dict[int, str] = {}
    for name, place in places.items():
        if ranked:
            named.setdefault(ranked[place], name)
    titles = [_title(findings, number, name) for number, name in named.items()]
    return titles, [findings.study] * len(named), [with_pictures[number] for number in named]


def _title(findings: Findings, number: int, name: str) -> str:
    row = findings.trial(number)
    size = row.whole("latent_size")
    return f"{name}: trial {number}, latent {size:,}, validation MSE {error(row.real('val_mse'))}"


def _strip(title: str, study: StudyRecord, seed: SeedRecord) -> _Strip | None:
    """The two rows of a stored strip; None where it can't be read as one."""
    from PIL import Image

    stored = read_pictures(study, seed)
    if stored is None:
        return None
    try:
        with Image.open(io.BytesIO(stored), formats=["PNG"]) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            pixels = np.asarray(opened.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return None
    half = pixels.shape[0] // 2
    return _Strip(title, pixels[:half], pixels[half : 2 * half]) if half else None
