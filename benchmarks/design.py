"""How long it takes to choose a stratified design, and how good it is.

64 candidates are chosen of 20,000 points of the family in ``studies/latent-vs-mse.yaml``;
resolving the points and choosing among them are timed apart, in processor time.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from archsearch.config import load_study
from archsearch.space import SearchSpace
from archsearch.space.designs import eligible_places
from archsearch.space.points import collect, random_points
from archsearch.space.stratified import stratified
from archsearch.space.trunk_choices import design_factors

__all__ = ["Measured", "main", "measure", "table"]

STUDY = Path(__file__).resolve().parents[1] / "studies/latent-vs-mse.yaml"


@dataclass(frozen=True)
class Measured:
    """One design; seconds are of processor time on one core.

    Attributes:
        points: looked at.
        candidates: distinct and feasible among them.
        chosen: candidates of the design.
        resolve_seconds: to resolve the points.
        choose_seconds: to choose the design, 100 random designs for comparison included.
        criterion: mean |ρ| of latent size with the trunk's choices.
        random_criterion: the same for the mean random design.
    """

    points: int
    candidates: int
    chosen: int
    resolve_seconds: float
    choose_seconds: float
    criterion: float
    random_criterion: float


def measure(points: int = 20_000, trials: int = 64) -> Measured:
    """Draw ``points`` and choose ``trials`` of what is feasible."""
    study = load_study(STUDY)
    space = SearchSpace.of(study.settings, study.model)
    began = time.process_time()
    pool = collect(space, random_points(space, points, 0), wanted=sys.maxsize, limit=points)
    resolved = time.process_time()
    factors = design_factors(space, pool.candidates, "latent.size")
    eligible = eligible_places(pool.candidates, trials)
    found = stratified(pool, trials, "latent.size", 0, factors, eligible)
    chosen = time.process_time()
    return Measured(
        points=points,
        candidates=len(pool.candidates),
        chosen=len(found.chosen),
        resolve_seconds=resolved - began,
        choose_seconds=chosen - resolved,
        criterion=found.balance.criterion,
        random_criterion=found.balance.random_criterion,
    )


def table(measured: Measured) -> str:
    """The measurement as text, one value a line."""
    rows = asdict(measured).items()
    return "\n".join(
        f"{name:17} {f'{value:.3g}' if isinstance(value, float) else f'{value:,}'}"
        for name, value in rows
    )


def main() -> None:
    """Measure and print."""
    sys.stdout.write(table(measure()) + "\n")


if __name__ == "__main__":
    main()
