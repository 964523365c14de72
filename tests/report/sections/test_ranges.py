"""Parts of the latent sizes, and a knee: claimed only with evidence."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from archsearch.report.findings import Findings
from archsearch.report.sections.ranges import fitted, line_figure
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.knee import Knee
from tests.report.reading import (
    corrected,
    drawings_of,
    said,
    section_of,
    synthetic_findings,
    tables_of,
)

KNEE = Knee(256.0, 128.0, 400.0, -0.9, -0.1, -1.0, 0.0005)


def with_knee(findings: Findings, p: float) -> Findings:
    ranges = dataclasses.replace(findings.ranges, knee=KNEE._replace(p=p))
    return corrected(dataclasses.replace(findings, ranges=ranges))


@pytest.mark.parametrize(
    ("p", "title", "caption"),
    [
        (0.02, "; a knee isn’t shown", "Knee: p = 0."),
        (0.0005, "The line has a knee at about 256 numbers (95 %", "Slope −0.90 before and −0.10"),
    ],
)
def test_a_knee_is_claimed_only_with_evidence(findings, p, title, caption):
    drawing = drawings_of(with_knee(findings, p), "ranges")["line"]
    assert title in drawing.title
    assert drawing.caption.startswith(caption)


def with_parts(findings: Findings, *estimates: tuple[float, float, float, float]) -> Findings:
    """The findings with the parts' ρ, interval and corrected p changed."""
    left = [part for part in findings.ranges.parts if part.left_out]
    made = tuple(
        part._replace(estimate=Estimate(*numbers, n=18, p=0.01), p_holm=p)
        for part, (*numbers, p) in zip(left, estimates, strict=True)
    )
    return dataclasses.replace(findings, ranges=dataclasses.replace(findings.ranges, parts=made))


def test_a_quarter_that_carries_the_correlation_is_named(findings):
    clear, open_ = (-0.8, -0.9, -0.5, 0.01), (-0.3, -0.7, 0.2, 0.6)
    made = with_parts(findings, clear, clear, open_, clear)
    left = made.ranges.parts[2]
    told = f"; without {left.low:,.0f}–{left.high:,.0f} its interval includes 0."
    assert told in said(made, "ranges")
    assert "its interval includes 0" not in said(with_parts(findings, *[clear] * 4), "ranges")


def test_a_correlation_found_only_without_a_quarter_is_corrected(findings):
    clear, open_ = (-0.8, -0.9, -0.5, 0.01), (-0.3, -0.7, 0.2, 0.6)
    quiet = findings.correlations.rivals[0]._replace(estimate=Estimate(-0.2, -0.5, 0.2, 24, 0.3))
    sizes = dataclasses.replace(
        findings.correlations, rivals=(quiet, *findings.correlations.rivals[1:])
    )
    pooled = dataclasses.replace(findings, correlations=sizes)
    assert "shown only without" in said(with_parts(pooled, clear, open_, open_, open_), "ranges")
    unsure = (*clear[:3], 0.2)
    assert "shown only" not in said(with_parts(pooled, unsure, open_, open_, open_), "ranges")


def test_every_part_stands_in_the_table(findings):
    rows = tables_of(findings, "ranges")["ranges"].rows
    heads = [row.cells[0].text for row in rows]
    assert [head.split()[0] for head in heads] == ["without"] * 4 + ["only"] * 2


def test_the_line_is_the_fit_and_bends_at_the_knee(findings):
    line = findings.ranges.line
    sizes = np.array([64.0, 256.0, 1024.0])
    straight = np.log(fitted(sizes, line, None))
    assert np.diff(straight) / np.log(4) == pytest.approx([line.slope] * 2)
    bent = np.log(fitted(sizes, line, KNEE))
    assert np.diff(bent) / np.log(4) == pytest.approx([-0.9, -0.1])


def test_the_figure_shows_every_architecture_and_the_knee_where_it_is_shown(findings):
    table = findings.code_sample.architectures()
    knees = [with_knee(findings, p).ranges.knee for p in (0.02, 0.0005)]
    straight, bent = (line_figure(table, findings.ranges.line, knee).axes[0] for knee in knees)
    assert len(straight.collections[0].get_offsets()) == len(table)
    assert [len(straight.lines), len(bent.lines)] == [1, 2]


def test_nothing_is_said_of_nothing():
    assert section_of(synthetic_findings(complete=0), "ranges") is None
