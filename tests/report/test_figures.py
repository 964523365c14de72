"""Figures with room for their labels, whatever the study."""

from __future__ import annotations

import itertools
import re
import warnings
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.transforms import Bbox

from archsearch.report.analysis.findings import find
from archsearch.report.figures import _FIGURES, draw
from archsearch.report.figures.style import COLORS, styled
from archsearch.report.pages import rendering
from archsearch.report.pages.inline import inline_svg
from tests.synthetic import StudyRecipe, synthetic_study

HUES = re.compile(r"(--hue-\d): (#\w{6})")

STUDIES = {
    "six": StudyRecipe(complete=6),
    "two dozen": StudyRecipe(complete=24, collapsed=2),
    "thousand": StudyRecipe(complete=1000, epochs=3),
    "one size": StudyRecipe(latents=(64,)),
    "near sizes": StudyRecipe(latents=(60, 64, 68)),
    "long names": StudyRecipe(choice="a choice with a very long name, of many words and more"),
    "errors that are close": StudyRecipe(slope=0, architecture_noise=1e-4, seed_noise=1e-4),
    "no error": StudyRecipe(slope=30),
}


def label_boxes(axis, renderer) -> list[tuple[str, Bbox]]:
    """Text and place of the tick labels in view."""
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_major_ticks(), axis.get_majorticklocs(), strict=True)
    inside = [tick for tick, place in ticks if low <= place <= high]
    texts = [label for tick in inside for label in (tick.label1, tick.label2)]
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in texts
        if text.get_visible() and text.get_text()
    ]


@pytest.mark.parametrize("name", STUDIES)
def test_tick_labels_never_overlap(name):
    findings = find(synthetic_study(STUDIES[name]))
    with styled(), warnings.catch_warnings():
        warnings.simplefilter("error")
        for drawn, function in _FIGURES.items():
            made = function(findings)
            if made is None:
                continue
            canvas = FigureCanvasAgg(made)
            canvas.draw()
            renderer = canvas.get_renderer()
            panels = [axes for axes in made.axes if axes.get_visible() and axes.axison]
            for axes, which in itertools.product(panels, ("xaxis", "yaxis")):
                boxes = label_boxes(getattr(axes, which), renderer)
                for (one, a), (other, b) in itertools.combinations(boxes, 2):
                    assert not a.overlaps(b), f"{drawn}: {one!r} over {other!r}"
                assert boxes or axes.get_label() == "<colorbar>", drawn


def luminance(color: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("ground", ["#ffffff", "#12181d"])
def test_colors_stand_out_on_both_grounds(ground):
    assert min(contrast(color, ground) for color in COLORS) > 2.3


def test_the_page_has_each_color_and_brighter_ones_on_dark():
    style = (Path(rendering.__file__).parent / "page.css").read_text("utf-8")
    light, dark, paper = (dict(HUES.findall(part)) for part in style.split(":root")[1:4])
    assert tuple(light.values()) == tuple(paper.values()) == COLORS
    assert len(dark) == len(COLORS)
    assert min(contrast(color, "#12181d") for color in dark.values()) > 6


def test_trials_far_above_the_linear_codes_are_not_pressed_into_a_strip():
    findings = find(synthetic_study(StudyRecipe(slope=0)))
    with styled():
        axes = _FIGURES["latent"](findings).axes[0]
    lowest, _ = axes.get_ylim()
    assert findings.shown["low"].min() / 31 < lowest < findings.shown["low"].min()
    assert "linear codes go on below" in [text.get_text() for text in axes.texts]


def test_an_inlined_drawing_has_no_address_and_its_own_ids():
    for drawing in draw(find(synthetic_study(StudyRecipe(complete=6, epochs=2)))):
        inlined = inline_svg(drawing.svg, drawing.name)
        assert "://" not in inlined
        assert "http" in drawing.svg
        assert inlined.startswith("<svg")
        assert "currentColor" in inlined
        assert len(inlined) < len(drawing.svg)
