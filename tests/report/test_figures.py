"""Figures with room for their labels, whatever the study."""

from __future__ import annotations

import itertools
import re
import warnings
from functools import cache
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.transforms import Bbox

from archsearch.report.drawing.style import COLORS, styled
from archsearch.report.findings import find
from archsearch.report.first_screen.scatter import latent_figure
from archsearch.report.pages import html
from archsearch.report.pages.drawn import draw
from archsearch.report.pages.inline import inline_svg
from archsearch.report.pages.study import page_of
from archsearch.report.sections.blocks import Chart, Drawing
from archsearch.report.subject import of_study
from tests.synthetic import StudyRecipe, synthetic_study

HUES = re.compile(r"(--hue-\d): (#\w{6})")

STUDIES = {
    "six without an error": StudyRecipe(complete=6, epochs=2, slope=30),
    "two dozen": StudyRecipe(complete=24, collapsed=2, epochs=2),
    "hundreds": StudyRecipe(complete=200, epochs=2),
    "one size, errors that are close": StudyRecipe(
        latents=(64,), slope=0, architecture_noise=1e-4, seed_noise=1e-4
    ),
    "near sizes, long names": StudyRecipe(
        latents=(60, 64, 68), choice="a choice with a very long name, of many words and more"
    ),
}


@cache
def drawings_of(name: str) -> dict[str, Drawing]:
    """Every figure of a study's page, before it is drawn."""
    study = synthetic_study(STUDIES[name])
    settings = study.settings | {"objectives": ["val.mse", "latent.size", "params"]}
    page = page_of(find(of_study(study.model_copy(update={"settings": settings}))))
    blocks = (*page.first, *(block for section in page.sections for block in section.blocks))
    found = [block.drawing if isinstance(block, Chart) else block for block in blocks]
    return {each.name: each for each in found if isinstance(each, Drawing)}


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


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.full) if n == "hundreds" else n for n in STUDIES]
)
def test_tick_labels_never_overlap(name):
    drawings = drawings_of(name)
    assert {"latent", "front", "effects", "factors", "learning"} <= drawings.keys()
    with styled(), warnings.catch_warnings():
        warnings.simplefilter("error")
        for drawn, drawing in drawings.items():
            made = drawing.draw()
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
                hidden = getattr(axes, which).get_tick_params().get("labelbottom") is False
                assert boxes or hidden or axes.get_label() == "<colorbar>", drawn


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
    style = (Path(html.__file__).parent / "page.css").read_text("utf-8")
    light, dark, paper = (dict(HUES.findall(part)) for part in style.split(":root")[1:4])
    assert tuple(light.values()) == tuple(paper.values()) == COLORS
    assert len(dark) == len(COLORS)
    assert min(contrast(color, "#12181d") for color in dark.values()) > 6


def test_trials_far_above_the_linear_codes_are_not_pressed_into_a_strip():
    findings = find(of_study(synthetic_study(StudyRecipe(slope=0))))
    with styled():
        axes = latent_figure(findings).axes[0]
    lowest, _ = axes.get_ylim()
    assert findings.shown["low"].min() / 31 < lowest < findings.shown["low"].min()


def test_an_inlined_drawing_has_no_address_and_its_own_ids():
    for drawing in drawings_of("two dozen").values():
        drawn = draw(drawing)
        if drawn is None:
            continue
        inlined = inline_svg(drawn.svg, drawing.name)
        assert "://" not in inlined
        assert "http" in drawn.svg
        assert inlined.startswith("<svg")
        assert "currentColor" in inlined
        assert len(inlined) < len(drawn.svg)


def test_every_figure_says_what_it_finds_and_what_it_shows():
    for name, drawing in drawings_of("two dozen").items():
        assert drawing.title, name
        assert drawing.alt.endswith("."), name
