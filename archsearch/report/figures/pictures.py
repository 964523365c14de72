"""Reconstructions: of the best, the median and the worst trial, and across latent sizes."""

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

__all__ = ["pictures_figure", "sizes_figure"]

_MOST_PIXELS = 4_000_000
_MOST_SIZES = 6


class _Strip(NamedTuple):
    title: str
    originals: np.ndarray
    predictions: np.ndarray


def pictures_figure(findings: Findings) -> Figure | None:
    """Test pictures and what three trials make of them; None where no pictures are in reach."""
    stored = _with_pictures(findings)
    ranked = _ranked(findings, stored)
    places = {"best": 0, "median": len(ranked) // 2, "worst": len(ranked) - 1}
    named: dict[int, str] = {}
    for name, place in places.items():
        if ranked:
            named.setdefault(ranked[place], name)
    titles = {number: f"{name}: {_title(findings, number)}" for number, name in named.items()}
    return _strips_figure(findings.study, titles, stored)


def sizes_figure(findings: Findings) -> Figure | None:
    """The same test pictures from small to large latents, the best trial of each size.

    None where there are fewer than three sizes with pictures.
    """
    stored = _with_pictures(findings)
    best: dict[int, int] = {}
    for number in _ranked(findings, stored):
        best.setdefault(findings.trial(number).whole("latent_size"), number)
    sizes = sorted(best)
    if len(sizes) < 3:
        return None
    wanted = np.geomspace(sizes[0], sizes[-1], _MOST_SIZES)
    nearest = {min(sizes, key=lambda size: abs(np.log(size / at))) for at in wanted}
    titles = {best[size]: _title(findings, best[size]) for size in sorted(nearest)}
    return _strips_figure(findings.study, titles, stored)


def _strips_figure(
    study: StudyRecord, titles: dict[int, str], stored: dict[int, SeedRecord]
) -> Figure | None:
    """The originals, and under them what each trial makes of them."""
    found = (_strip(title, study, stored[number]) for number, title in titles.items())
    strips = [strip for strip in found if strip is not None]
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


def _with_pictures(findings: Findings) -> dict[int, SeedRecord]:
    """Of each complete trial that kept pictures, the first seed that did."""
    return {
        trial.number: next(seed for seed in trial.seeds if seed.pictures)
        for trial in findings.study.trials
        if trial.state == "complete" and any(seed.pictures for seed in trial.seeds)
    }


def _ranked(findings: Findings, stored: dict[int, SeedRecord]) -> list[int]:
    rows = findings.complete[findings.complete["number"].isin(stored)]
    return [int(number) for number in rows.sort_values("val_mse")["number"]]


def _title(findings: Findings, number: int) -> str:
    row = findings.trial(number)
    size = row.whole("latent_size")
    return f"trial {number}, latent {size:,}, validation MSE {error(row.real('val_mse'))}"


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
