"""How candidates can be found: every search method, declared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from archsearch.config.quantities import planned
from archsearch.extensions import Catalogue, Reference

__all__ = ["SEARCHES", "SearchMethod"]


@dataclass(frozen=True)
class SearchMethod:
    """A way to find candidates: either ``design`` or ``sampler`` is given.

    Attributes:
        name: as study files write it after ``search.method``.
        doc: what it does, in a few words.
        design: draws all candidates before any training: (space, search) → points in the
            order in which they are tried, each a mapping of searched names to values. The
            first distinct feasible ones are trained. It may also give a whole
            :class:`~archsearch.space.Design`.
        sampler: adapts to results: (search, dimensions, seed) → ``optuna.samplers.BaseSampler``
            for one proposal. ``search`` is the :class:`~archsearch.config.SearchSettings`,
            ``dimensions`` the number of searched names.
        options: what the sampler is made with: (search, dimensions) → a mapping that is
            recorded with the study; None: nothing is recorded.
        over: what ``search.over`` may be, the default first; empty: it takes none.
        most_objectives: how many objectives it takes; None: any number.
        needs_numbers: it can't search a space that has only choices.
        infeasible: the state in which it learns of infeasible proposals in Optuna.
    """

    group: ClassVar[str] = "searches"

    name: str
    doc: str
    design: Reference | None = None
    sampler: Reference | None = None
    options: Reference | None = None
    over: tuple[str, ...] = ()
    most_objectives: int | None = None
    needs_numbers: bool = False
    infeasible: Literal["pruned", "complete"] = "pruned"

    def __post_init__(self) -> None:
        """Refuse a method that is neither, or both."""
        if (self.design is None) == (self.sampler is None):
            raise ValueError(f"search method {self.name!r} needs either a design or a sampler")

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
        SearchMethod("random", "independent draws", design=f"{_DESIGNS}random_design"),
        SearchMethod(
            "sobol",
            "a scrambled sequence that fills the space evenly",
            design=f"{_DESIGNS}sobol_design",
        ),
        SearchMethod(
            "grid",
            "all combinations, in an order whose every beginning is spread over each domain",
            design=f"{_DESIGNS}grid_design",
        ),
        SearchMethod(
            "stratified",
            "`over` evenly, told apart from the trunk's choices",
            design=f"{_DESIGNS}stratified_design",
            over=tuple(each.name for each in planned("spread")),
        ),
        SearchMethod(
            "matched",
            "sets that differ in one thing",
            design=f"{_DESIGNS}matched_design",
            over=("latent.shape", "latent.size"),
        ),
        SearchMethod(
            "tpe",
            "tree-structured Parzen estimator",
            sampler=f"{_SAMPLERS}tpe",
            options=f"{_SAMPLERS}tpe_options",
        ),
        SearchMethod(
            "nsga2",
            "an evolutionary algorithm for several objectives",
            sampler=f"{_SAMPLERS}nsga2",
            options=f"{_SAMPLERS}nsga2_options",
            infeasible="complete",  # it ignores pruned trials; feasible ones dominate
        ),
        SearchMethod(
            "gp",
            "Gaussian processes",
            sampler=f"{_SAMPLERS}gp",
            options=f"{_SAMPLERS}gp_options",
            infeasible="complete",  # it ignores pruned trials, and models each violation
        ),
        SearchMethod(
            "cmaes",
            "an evolution strategy that moves numbers",
            sampler=f"{_SAMPLERS}cmaes",
            options=f"{_SAMPLERS}cmaes_options",
            most_objectives=1,
            needs_numbers=True,
        ),
    ),
)
"""By name, in the order of their listing: designs first."""
