"""``study run --dry-run``: what a study would train, with nothing trained or written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

from archsearch.config import StudyFile, planned
from archsearch.space import (
    Candidate,
    Design,
    SearchSpace,
    cost_line,
    design_lines,
    predicted_cost,
    sample_candidates,
    study_design,
)

__all__ = ["StudyPlan", "plan_study"]

_BRIEF = planned("brief")


@dataclass(frozen=True)
class StudyPlan:
    """A study before it runs: its design, or a sample where it adapts to results."""

    study: StudyFile
    workers: int
    design: Design | None
    candidates: tuple[Candidate, ...]

    def lines(self) -> Iterator[str]:
        """The plan for people: what is trained in which order, and what it takes."""
        settings = self.study.settings
        search = settings.search
        yield (
            f"{settings.name}: {search.method}, {self._trials} candidates × {search.seeds} seeds, "
            f"{self.workers} {'worker' if self.workers == 1 else 'workers'}, "
            f"objectives {', '.join(settings.objectives)}, prune {settings.prune}"
        )
        if self.design is None:
            yield f"  {search.method} chooses each candidate by the results so far"
        else:
            yield from (f"  {line}" for line in design_lines(self.design))
            yield from (f"  {note}" for note in [self.design.note] if note)
            yield from _rows(self.candidates)
        yield cost_line(predicted_cost(self.candidates, self._trials, search.seeds))
        yield "nothing was trained or written"

    def as_json(self) -> dict[str, object]:
        """The plan for programs."""
        search = self.study.settings.search
        designed = self.candidates if self.design is not None else ()
        return {
            "study": self.study.settings.name,
            "method": search.method,
            "trials": self._trials,
            "seeds": search.seeds,
            "candidates": [
                {
                    "point": dict(candidate.values),
                    **{each.column: attrgetter(each.name)(candidate.plan) for each in _BRIEF},
                }
                for candidate in designed
            ],
        }

    @property
    def _trials(self) -> int:
        wanted = self.study.settings.search.trials
        return wanted if self.design is None else len(self.candidates)


def plan_study(study: StudyFile, workers: int) -> StudyPlan:
    """Draw what ``study run`` would draw.

    Raises:
        InputError: where nothing is feasible.
    """
    space = SearchSpace.of(study.settings, study.model)
    design = study_design(space, study.settings.search)
    candidates = sample_candidates(space, study.settings) if design is None else design.candidates
    return StudyPlan(study, workers, design, candidates)


def _rows(candidates: tuple[Candidate, ...]) -> Iterator[str]:
    yield "  trial  " + "  ".join(f"{each.label:>13}" for each in _BRIEF) + "  point"
    for index, candidate in enumerate(candidates):
        sizes = "  ".join(f"{attrgetter(each.name)(candidate.plan):13,}" for each in _BRIEF)
        point = ", ".join(f"{name} = {value}" for name, value in candidate.values.items())
        yield f"  {index:5}  {sizes}  {point}"
