"""Figures of many nets stay small: what there are hundreds of becomes pixels."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

from archsearch.report.drawing.style import figure
from archsearch.report.pages.page import Page, drawn_figures
from archsearch.report.sections.blocks import Drawing, Section


def svg_of(make) -> str:
    section = Section("some", "Some", (Drawing("some", "title", "alt", "", make),))
    page = Page("report", "name", "", "", Section("answer", "?", ()), (), (section,))
    return drawn_figures(page)["some"].svg


def points(many: int) -> Figure:
    made, (axes,) = figure(4, 3)
    axes.scatter(np.arange(many), np.arange(many) % 7)
    axes.axhline(3)
    return made


def lines(many: int) -> Figure:
    made, (axes,) = figure(4, 3)
    for each in range(many):
        axes.plot([0, 1], [each, many])
    return made


@pytest.mark.parametrize("make", [points, lines])
def test_many_shapes_are_pixels_in_the_svg_and_few_are_not(make):
    few, many = (svg_of(lambda count=count: make(count)) for count in (100, 3000))
    assert "<image" not in few
    assert "<image" in many
    assert len(many) < 300_000
