"""A study file: a family, a space over it, and how to search."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from archsearch.config.base import Settings
from archsearch.config.known_name import KnownName
from archsearch.config.metrics import METRICS
from archsearch.config.quantities import OBJECTIVES, score
from archsearch.config.run_settings import RunSettings
from archsearch.config.search_methods import OVER, SEARCHES, SearchMethod
from archsearch.config.settings import DataSettings, TrainSettings
from archsearch.config.tasks.catalogue import DEFAULT_TASK
from archsearch.config.tasks.reading import AnyTask
from archsearch.errors import ExtensionError
from archsearch.spec.codes import STUDY_WARNINGS

__all__ = [
    "BudgetSettings",
    "ChoiceDomain",
    "Domain",
    "FloatDomain",
    "IntDomain",
    "Scalar",
    "SearchSettings",
    "StudySettings",
    "extremes",
    "told_domain",
]

Scalar = bool | int | float | str
Method = Annotated[str, KnownName(SEARCHES)]
Over = Annotated[str, KnownName(OVER)]
Prune = Literal["none", "median", "asha", "hyperband"]
_LARGE = " and ".join(
    score(metric).name for metric in METRICS.builtin.values() if metric.direction == "maximize"
)
ObjectiveName = Annotated[str, KnownName(OBJECTIVES)]
Expression = Annotated[str, Field(min_length=1, max_length=1000)]


def _not_empty(objectives: tuple[ObjectiveName, ...]) -> tuple[ObjectiveName, ...]:
    """Not a length that pydantic checks: it would count what is misspelled as missing, too."""
    if not objectives:
        raise ValueError("name at least one objective, e.g. val.mse")
    return objectives


class _Conditional(Settings):
    """What all domains share."""

    when: Annotated[
        str | None,
        Field(
            pattern=r"^\$",
            max_length=1000,
            description="`$flag` or `$(…)` over params and searched names. Where it is false, "
            "the name isn't searched and keeps the model's default.",
        ),
    ] = None


class IntDomain(_Conditional):
    """Whole numbers from low to high, both included."""

    low: int
    high: int
    step: Annotated[int, Field(ge=1, description="Distance between neighboring values.")] = 1
    log: Annotated[bool, Field(description="Draw evenly on a log scale.")] = False


class FloatDomain(_Conditional):
    """Real numbers from low to high."""

    low: float
    high: float
    log: Annotated[bool, Field(description="Draw evenly on a log scale.")] = False


class ChoiceDomain(_Conditional):
    """One of a list of scalars or pairs."""

    choices: Annotated[tuple[Scalar | tuple[int, int], ...], Field(min_length=1)]


Domain = IntDomain | FloatDomain | ChoiceDomain


def told_domain(domain: Domain) -> str:
    """A domain for people.

    Example:
        >>> told_domain(IntDomain(low=4, high=32, log=True))
        '4 … 32, on a log scale'
    """
    if isinstance(domain, ChoiceDomain):
        return ", ".join(map(str, domain.choices))
    step = (
        f", in steps of {domain.step}" if isinstance(domain, IntDomain) and domain.step > 1 else ""
    )
    return f"{domain.low} … {domain.high}{step}{', on a log scale' if domain.log else ''}"


_NOT_WHOLE = 0.381966


def extremes(domain: Domain) -> tuple[Scalar | tuple[int, int], ...]:
    """Values that show whether all of a domain is allowed.

    Example:
        >>> extremes(IntDomain(low=1, high=10, step=4))
        (1, 9)
    """
    if isinstance(domain, ChoiceDomain):
        return domain.choices
    if isinstance(domain, IntDomain):
        return (domain.low, domain.high - (domain.high - domain.low) % domain.step)
    between = domain.low + (domain.high - domain.low) * _NOT_WHOLE
    return (domain.low, domain.high, between)


class SearchSettings(Settings):
    """How candidates are drawn, how many, and how often each is trained."""

    method: Annotated[
        Method,
        Field(
            description="`random`, `sobol`, `grid`, `stratified` and `matched` draw a design; "
            "`tpe`, `nsga2`, `gp` and `cmaes` adapt to results."
        ),
    ] = "random"
    over: Annotated[
        Over | None,
        Field(
            description="What `stratified` spreads evenly (latent.size), or what `matched` varies: "
            "latent.shape at equal latent.size, or latent.size at equal trunk."
        ),
    ] = None
    trials: Annotated[int, Field(ge=1, le=100_000, description="Number of candidates.")] = 20
    seeds: Annotated[int, Field(ge=1, le=1_000, description="Trainings of each candidate.")] = 1
    seed: Annotated[int, Field(ge=0, description="Seed of the design or the search.")] = 0

    @property
    def described(self) -> SearchMethod:
        """What the method declares of itself.

        Raises:
            ExtensionError: it was passed or installed when the settings were read, and isn't now.
        """
        if self.method not in SEARCHES:
            raise ExtensionError(
                f"the search method `{self.method}` isn't here any more",
                help="run the study where it is passed or installed: archsearch.extended(…)",
            )
        return SEARCHES[self.method]


class BudgetSettings(Settings):
    """When a study stops early."""

    minutes: Annotated[
        float | None, Field(gt=0, description="Wall-clock time, summed over resumptions.")
    ] = None


class StudySettings(Settings):
    """A whole study file, checked."""

    name: Annotated[str, Field(description="By default the file's name.")]
    description: Annotated[str, Field(description="The question of the study, in a sentence.")] = ""
    allow: Annotated[
        tuple[str, ...],
        Field(
            exclude=True,
            repr=False,
            json_schema_extra={"items": {"enum": list(STUDY_WARNINGS)}},
            description="Codes of warnings that are meant, and so are not told.",
        ),
    ] = ()
    model: Annotated[str, Field(description="The spec's path, relative to this file.")]
    data: DataSettings = DataSettings.at_defaults()
    task: AnyTask = DEFAULT_TASK
    train: TrainSettings = TrainSettings.at_defaults()
    space: Annotated[
        dict[str, Domain],
        Field(description="The values that vary: a param by its name, anything else by its path."),
    ]
    constraints: Annotated[
        tuple[Expression, ...],
        Field(
            description="Conditions that every candidate must meet, as in `latent.size <= 2048`."
        ),
    ] = ()
    search: SearchSettings = SearchSettings.at_defaults()
    objectives: Annotated[
        tuple[ObjectiveName, ...],
        AfterValidator(_not_empty),
        Field(
            description=f"What to minimize; {_LARGE}, to maximize.",
            json_schema_extra={"minItems": 1},
        ),
    ] = ("val.mse",)
    prune: Annotated[
        Prune, Field(description="Which trials stop early, judged by the first seed.")
    ] = "none"
    budget: BudgetSettings = BudgetSettings.at_defaults()

    def training(self) -> RunSettings:
        """What each training is told: it measures what the objectives name, too."""
        wanted = (*self.train.metrics, *(OBJECTIVES[name].metric for name in self.objectives))
        metrics = tuple(
            name for name in dict.fromkeys(wanted) if name not in {"", *METRICS.builtin}
        )
        train = self.train.model_copy(update={"metrics": metrics})
        return RunSettings(data=self.data, task=self.task, train=train)

    @model_validator(mode="after")
    def _seed_belongs_to_search(self) -> StudySettings:
        if "seed" in self.train.model_fields_set:
            raise ValueError("train.seed has no meaning in a study; seeds are 0 … search.seeds−1")
        return self
