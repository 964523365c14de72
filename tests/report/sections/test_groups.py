"""Within groups: what is said is no surer than the intervals and the corrected p."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from archsearch.report.findings import Findings
from archsearch.report.sections.groups import AREA, groups_figure
from archsearch.report.statistics.groups import within_groups
from tests.report.reading import (
    corrected,
    drawings_of,
    said,
    section_of,
    synthetic_findings,
    tables_of,
    warnings_of,
)


def with_groups(findings: Findings, slope_between: float, slope_within: float) -> Findings:
    """The findings with three families of twenty, whose errors follow two slopes."""
    rng = np.random.default_rng(0)
    family = np.repeat([0, 1, 2], 20)
    step = 0.5 * rng.standard_normal(60)
    latent = np.exp(2 * family + step + 3)
    noise = (0.4 if slope_within == 0 else 0.05) * rng.standard_normal(60)
    mse = np.exp(slope_between * family + slope_within * step + noise - 4)
    made = within_groups(latent, mse, {AREA: family})
    return corrected(dataclasses.replace(findings, groups=made))


def test_a_correlation_between_families_only_is_said_and_warned_of(findings):
    between = with_groups(findings, slope_between=-1.5, slope_within=0)
    assert "inside the groups it isn’t shown and is weaker" in said(between, "groups")
    assert drawings_of(between, "groups")["groups"].title == "Not shown within groups"
    assert "between-families" in warnings_of(between)
    assert "it holds inside the groups too" in said(findings, "groups")
    assert "between-families" not in warnings_of(findings)


def test_the_other_sign_and_one_that_is_hidden_are_said(findings):
    other = with_groups(findings, slope_between=1.5, slope_within=-1)
    assert "inside the groups it has the other sign (Simpson’s paradox)" in said(other, "groups")
    hidden = with_groups(findings, slope_between=0.0, slope_within=-0.5)
    pooled = hidden.groups[0].pooled._replace(low=-0.2, high=0.3)
    hidden = dataclasses.replace(hidden, groups=(hidden.groups[0]._replace(pooled=pooled),))
    assert "there is one inside the groups, which differences" in said(hidden, "groups")


def test_an_interval_that_excludes_zero_and_is_not_shown_says_why(findings):
    one = next(grouping for grouping in findings.groups if grouping.by == AREA)
    made = dataclasses.replace(findings, groups=(one._replace(p_holm=0.2),), looks=21)
    assert one.within.clear
    assert "inside the groups it isn’t shown (corrected for 21 comparisons)" in said(made, "groups")


def test_the_figure_counts_those_that_hold(findings):
    holding = [one._replace(p_holm=p) for one, p in zip(findings.groups, [0.01, 0.3] * 9)]  # noqa: B905
    made = dataclasses.replace(findings, groups=tuple(holding))
    count = sum(one.p_holm < 0.05 and one.within.clear for one in holding)
    title = drawings_of(made, "groups")["groups"].title
    assert title == f"Shown within {count} of {len(holding)} groupings"


def test_pooled_over_all_architectures_is_the_headlines_number(findings):
    """One number has one interval, whatever it stands beside."""
    headline = findings.correlations.sizes.measures["latent_size"]["spearman"]
    whole = [one.pooled for one in findings.groups if one.pooled.n == headline.n]
    assert len(whole) > 1
    for pooled in whole:
        assert pooled[:3] == pytest.approx(headline[:3], abs=1e-12)


def test_each_group_stands_in_the_table(findings):
    table = tables_of(findings, "groups")["groups"]
    assert [row.cells[0].text for row in table.rows] == [one.by for one in findings.groups]
    for row, one in zip(table.rows, findings.groups, strict=True):
        assert all(f"{group.label}: " in row.cells[-1].text for group in one.groups[:1])
    assert f"corrected for {findings.looks} comparisons" in table.note


def test_the_figure_has_a_row_for_each_grouping(findings):
    axes = groups_figure(findings.groups).axes[0]
    assert len(axes.get_yticklabels()) == len(findings.groups)


def test_nothing_is_said_of_nothing():
    assert section_of(synthetic_findings(complete=0), "groups") is None
