"""A study file: a family, a space over it, and how to search."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from archsearch.config.settings import DataSettings, Settings, TaskSettings, TrainSettings

__all__ = [
    "BudgetSettings",
    "ChoiceDomain",
    "Domain",
    "FloatDomain",
    "IntDomain",
    "Scalar",
    "SearchSettings",
    "StudySettings",
]

Scalar = bool | int | float | str
Expression = Annotated[str, Field(min_length=1, max_length=1000)]


class IntDomain(Settings):
    """Whole numbers from low to high, both included."""

    low: int
    high: int
    step: Annotated[int, Field(ge=1, description="From one value to the next.")] = 1
    log: Annotated[bool, Field(description="Even on a log scale.")] = False


class FloatDomain(Settings):
    """Real numbers from low to high."""

    low: float
    high: float
    log: Annotated[bool, Field(description="Even on a log scale.")] = False


class ChoiceDomain(Settings):
    """One of a list of scalars or pairs."""

    choices: Annotated[tuple[Scalar | tuple[int, int], ...], Field(min_length=1)]


Domain = IntDomain | FloatDomain | ChoiceDomain


class SearchSettings(Settings):
    """How candidates are drawn, how many, and how often each is trained."""

    method: Annotated[
        Literal["random", "grid", "tpe"],
        Field(description="`random` and `grid` draw a design; `tpe` adapts to results."),
    ] = "random"
    trials: Annotated[int, Field(ge=1, le=100_000, description="Candidates.")] = 20
    seeds: Annotated[int, Field(ge=1, le=1_000, description="Trainings of each candidate.")] = 1
    seed: Annotated[int, Field(ge=0, description="Seed of the design.")] = 0


class BudgetSettings(Settings):
    """When a study stops early."""

    minutes: Annotated[
        float | None, Field(gt=0, description="Wall-clock, summed over resumptions.")
    ] = None


class StudySettings(Settings):
    """A whole study file, checked."""

    name: Annotated[str, Field(description="By default the file's name.")]
    description: Annotated[str, Field(description="What is asked, in a sentence.")] = ""
    model: Annotated[str, Field(description="The spec's path, relative to this file.")]
    data: DataSettings = DataSettings()
    task: TaskSettings = TaskSettings()
    train: TrainSettings = TrainSettings()
    space: Annotated[
        dict[str, Domain],
        Field(description="What varies: params by name, anything else by path, and its values."),
    ]
    constraints: Annotated[
        tuple[Expression, ...],
        Field(description="What every candidate must satisfy, as in `latent.size <= 2048`."),
    ] = ()
    search: SearchSettings = SearchSettings()
    objectives: Annotated[
        tuple[Literal["val.mse"], ...], Field(description="What is to be small.")
    ] = ("val.mse",)
    budget: BudgetSettings = BudgetSettings()

    @model_validator(mode="after")
    def _seed_belongs_to_search(self) -> StudySettings:
        if "seed" in self.train.model_fields_set:
            raise ValueError("train.seed has no meaning in a study; seeds are 0 … search.seeds−1")
        return self
