"""How candidates can be found: every search method, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from archsearch.config.quantities import planned
from archsearch.errors import ExtensionError
from archsearch.extensions import Catalogue, Reference
from archsearch.spec.text.nearest import did_you_mean

__all__ = ["OVER", "SEARCHES", "SearchMethod"]

_SPREAD = tuple(each.name for each in planned("spread"))
OVER = (*_SPREAD, "latent.shape")
"""What ``search.over`` may be, whatever the method."""


@dataclass(frozen=True)
class SearchMethod:
    """A way to find candidates: either ``design`` or ``sampler`` is given.

    Attributes:
        name: as study files write it after ``search.method``.
        design: draws all candidates before any training: (space, search) → points in the
            order in which they are tried, each a mapping of searched names to values. The
            first distinct feasible ones are trained. It may also give a whole
            :class:`~archsearch.space.Design`.
        sampler: adapts to results: (search, dimensions, seed) → ``optuna.samplers.BaseSampler``
            for one proposal. ``search`` is the :class:`~archsearch.config.SearchSettings`,
            ``dimensions`` the number of searched names.
        options: what the sampler is made with: (search, dimensions) → a mapping that is
            recorded with the study; None: nothing is recorded.
        over: what ``search.over`` may be, the default first, all of :data:`OVER`; empty: it takes
            none.
        most_objectives: how many objectives it takes; None: any number.
        needs_numbers: it can't search a space that has only choices.
        infeasible: the state in which it learns of infeasible proposals in Optuna.
    """

    group: ClassVar[str] = "searches"

    name: str
    design: Reference | None = None
    sampler: Reference | None = None
    options: Reference | None = None
    over: tuple[str, ...] = ()
    most_objectives: int | None = None
    needs_numbers: bool = False
    infeasible: Literal["pruned", "complete"] = "pruned"

    def __post_init__(self) -> None:
        if (self.design is None) == (self.sampler is None):
            raise ExtensionError(
                f"search method `{self.name}` needs either a design or a sampler",
                help="give one of the two",
            )
        unknown = next((name for name in self.over if name not in OVER), None)
        if unknown is not None:
            raise ExtensionError(
                f"search method `{self.name}` goes over `{unknown}`, which studies can't name",
                help=did_you_mean(unknown, OVER),
            )

    @property
    def adaptive(self) -> bool:
        """Whether it chooses by the results so far."""
        return self.sampler is not None


_DESIGNS = "archsearch.space.designs:"
_SAMPLERS = "archsearch.study.search.samplers:"

SEARCHES: Catalogue[SearchMethod] = Catalogue(
    SearchMethod,
    "search method",
    (
        SearchMethod("random", design=f"{_DESIGNS}random_design"),
        SearchMethod("sobol", design=f"{_DESIGNS}sobol_design"),
        SearchMethod("grid", design=f"{_DESIGNS}grid_design"),
        SearchMethod("stratified", design=f"{_DESIGNS}stratified_design", over=_SPREAD),
        SearchMethod(
            "matched", design=f"{_DESIGNS}matched_design", over=("latent.shape", "latent.size")
        ),
        SearchMethod(
            "tpe",
            sampler=f"{_SAMPLERS}tpe",
            options=f"{_SAMPLERS}tpe_options",
        ),
        SearchMethod(
            "nsga2",
            sampler=f"{_SAMPLERS}nsga2",
            options=f"{_SAMPLERS}nsga2_options",
            infeasible="complete",  # it ignores pruned trials; feasible ones dominate
        ),
        SearchMethod(
            "gp",
            sampler=f"{_SAMPLERS}gp",
            options=f"{_SAMPLERS}gp_options",
            infeasible="complete",  # it ignores pruned trials, and models each violation
        ),
        SearchMethod(
            "cmaes",
            sampler=f"{_SAMPLERS}cmaes",
            options=f"{_SAMPLERS}cmaes_options",
            most_objectives=1,
            needs_numbers=True,
        ),
    ),
)
"""By name, in the order of their listing: designs first."""
