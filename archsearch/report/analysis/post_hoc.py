"""All that is looked for after the fact, corrected together.

The study is about one question, whether error correlates with latent size, and its interval is
that of one look. Everything else a page may find in the same data (rivals, groups, parts
of the range, a knee, choices, pairs, answers without some runs) is one family of tests:
Holm's correction keeps the chance that any of them is a false alarm at 5 %. With the
headline's own 5 % a study of pure noise has anything to show in at most 10 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from archsearch.report.analysis.secondary import SecondaryAnalyses
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.multiple import holm

__all__ = ["corrected"]

_Look = Callable[[float | None], float | None]


def corrected(secondary: SecondaryAnalyses, single: Mapping[str, Estimate]) -> SecondaryAnalyses:
    """The analyses with ``p_holm`` of everything in them, corrected for all of it.

    Args:
        secondary: what was looked at.
        single: what isn't in them, by name; kept with their corrected p as ``secondary.single``.
    """
    looks: list[float | None] = []

    def noted(p: float | None) -> None:
        looks.append(p)

    _each(secondary, single, noted)
    after = iter(holm(looks))
    made = _each(secondary, single, lambda _: next(after))
    return replace(made, looks=sum(p is not None for p in looks))


def _each(
    secondary: SecondaryAnalyses, single: Mapping[str, Estimate], look: _Look
) -> SecondaryAnalyses:
    """The analyses with what ``look`` makes of the p of each finding, in a fixed order."""
    spare, knee = secondary.without_collapsed, secondary.knee
    first, others = secondary.rivals[:1], secondary.rivals[1:]
    return replace(
        secondary,
        single={name: look(estimate.p) for name, estimate in single.items()},
        rivals=(*first, *(one._replace(p_holm=look(one.estimate.p)) for one in others)),
        groupings=tuple(one._replace(p_holm=look(one.within.p)) for one in secondary.groupings),
        ranges=tuple(
            one._replace(p_holm=look(one.estimate.p)) if one.left_out else one
            for one in secondary.ranges
        ),
        knee=knee and knee._replace(p_holm=look(knee.p)),
        effects=tuple(one._replace(p_holm=look(one.p)) for one in secondary.effects),
        paired=tuple(one._replace(p_holm=look(one.estimate.p)) for one in secondary.paired),
        without_collapsed=spare
        and spare._replace(
            effects=tuple(one._replace(p_holm=look(one.p)) for one in spare.effects),
            paired=tuple(one._replace(p_holm=look(one.estimate.p)) for one in spare.paired),
        ),
    )
