"""All that is looked for after the fact, corrected together.

The study is about one question, whether error correlates with latent size, and its interval is
that of one look. Everything else a page may find in the same data (rivals, families, parts
of the range, a knee, choices, pairs, answers without some runs) is one family of tests:
Holm's correction keeps the chance that any of them is a false alarm at 5 %. With the
headline's own 5 % a study of pure noise has anything to show in at most 10 %.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from archsearch.report.details import Details
from archsearch.report.statistics.intervals import Estimate
from archsearch.report.statistics.multiple import holm

__all__ = ["corrected"]

_Look = Callable[[float | None], float | None]


def corrected(details: Details, single: Mapping[str, Estimate]) -> Details:
    """The details with ``p_holm`` of everything in them, corrected for all of it.

    Args:
        details: what was looked at.
        single: what isn't in them, by name; kept with their corrected p as ``details.single``.
    """
    looks: list[float | None] = []

    def noted(p: float | None) -> None:
        looks.append(p)

    _each(details, single, noted)
    after = iter(holm(looks))
    made = _each(details, single, lambda _: next(after))
    return replace(made, looks=sum(p is not None for p in looks))


def _each(details: Details, single: Mapping[str, Estimate], look: _Look) -> Details:
    """The details with what ``look`` makes of the p of each finding, in a fixed order."""
    spare, knee = details.without_collapsed, details.knee
    first, others = details.rivals[:1], details.rivals[1:]
    return replace(
        details,
        single={name: look(estimate.p) for name, estimate in single.items()},
        rivals=(*first, *(one._replace(p_holm=look(one.estimate.p)) for one in others)),
        groupings=tuple(one._replace(p_holm=look(one.within.p)) for one in details.groupings),
        ranges=tuple(
            one._replace(p_holm=look(one.estimate.p)) if one.left_out else one
            for one in details.ranges
        ),
        knee=knee and knee._replace(p_holm=look(knee.p)),
        effects=tuple(one._replace(p_holm=look(one.p)) for one in details.effects),
        paired=tuple(one._replace(p_holm=look(one.estimate.p)) for one in details.paired),
        without_collapsed=spare
        and spare._replace(
            effects=tuple(one._replace(p_holm=look(one.p)) for one in spare.effects),
            paired=tuple(one._replace(p_holm=look(one.estimate.p)) for one in spare.paired),
        ),
    )
