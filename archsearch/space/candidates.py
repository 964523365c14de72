"""Values of a space put into the family: a candidate, or the rule that forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import chain

from archsearch.config import (
    ChoiceDomain,
    Domain,
    Model,
    RunSettings,
    StudySettings,
    changed,
    changed_task,
    check_search,
    options_of,
    task_conflicts,
    task_space_problems,
)
from archsearch.config.named_settings import by_path
from archsearch.config.option_space import foreign_option, train_space_problems
from archsearch.config.overrides import is_setting
from archsearch.errors import InputError
from archsearch.space.conditions import Conditions
from archsearch.space.constraints import Constraint
from archsearch.space.domains import Value, check_domain
from archsearch.spec import DiagnosticsError, ExpressionValue, ModelPlan

__all__ = ["Candidate", "Rejection", "SearchSpace", "fixed_values", "with_settings"]

STRUCTURE = "structure"
"""The constraint key that says whether the values give a model at all."""


@dataclass(frozen=True)
class Candidate:
    """A point of the space that can be trained.

    Attributes:
        values: what the space gave, by param name or path.
        plan: the model they give.
        settings: pictures, task and recipe, with the searched ones put in.
        violations: every constraint key with its value, 0 or less.
    """

    values: Mapping[str, Value]
    plan: ModelPlan
    settings: RunSettings
    violations: Mapping[str, float]

    @cached_property
    def key(self) -> str:
        """Equal keys, equal trainings: the resolved plan and all settings."""
        text = self.plan.key + self.settings.model_dump_json()
        return sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Rejection:
    """A point that a rule forbids.

    Attributes:
        values: what the space gave.
        rule: a diagnostic's code, or the constraint as it is written.
        detail: what went wrong, with numbers.
        violations: every constraint key; above 0 is how far off it is.
        plan: the model, where the values give one.
    """

    values: Mapping[str, Value]
    rule: str
    detail: str
    violations: Mapping[str, float]
    plan: ModelPlan | None = None


@dataclass(frozen=True)
class SearchSpace:
    """A family, the domains over it, and the constraints that bound them.

    Raises:
        InputError: for a domain that can't be drawn from, or a path of
            ``data`` or ``task`` that makes errors incomparable.
    """

    model: Model
    domains: Mapping[str, Domain]
    constraints: tuple[Constraint, ...]
    settings: RunSettings

    def __post_init__(self) -> None:
        fixed = fixed_values(self.domains)
        for name, domain in self.domains.items():
            check_domain(name, domain)
            if name.startswith("data.") or (name.startswith("input.") and name not in fixed):
                raise InputError(
                    f"space.{name}: pictures can't be searched over, "
                    "because errors on different pictures can't be compared",
                    help=f"set {name} outside `space`, or make one study for each value",
                )
        of_task = task_space_problems(self.settings.task, self.domains)
        of_train = train_space_problems(self.settings.train, self.domains)
        for problem in chain(of_task, of_train):
            raise InputError(f"space.{problem.name}: {problem.message}", help=problem.help)

    def settings_by_precision(self) -> list[RunSettings]:
        """The settings, once with each ``train.precision`` that a candidate may draw."""
        domain = self.domains.get("train.precision")
        if not isinstance(domain, ChoiceDomain):
            return [self.settings]
        words = domain.choices
        return [with_settings(self.settings, {"train.precision": word}) for word in words]

    @classmethod
    def of(cls, settings: StudySettings, model: Model) -> SearchSpace:
        """The space that a study file describes.

        Raises:
            InputError: also where method, objectives and pruning can't be combined.
        """
        check_search(settings)
        return cls(
            model=model,
            domains=settings.space,
            constraints=tuple(Constraint.parse(text) for text in settings.constraints),
            settings=settings.training(),
        )

    @cached_property
    def conditions(self) -> Conditions:
        """Which names are searched at which points."""
        return Conditions(self.domains, self._defaults)

    @cached_property
    def size(self) -> int | None:
        """Distinct configurations, before any rule; None where they can't be counted.

        Points that differ only in names that aren't searched there are one.
        """
        return self.conditions.count()

    def active(self, point: Mapping[str, Value]) -> dict[str, Value]:
        """A point without the names that its other values switch off."""
        return self.conditions.active(point)

    @cached_property
    def _defaults(self) -> dict[str, ExpressionValue]:
        """What names stand for where nothing is searched."""
        train = {
            f"train.{name}": value
            for name, value in by_path(self.settings.train)
            if isinstance(value, int | float | str)
        }
        return {**train, "task": self.settings.task.name, **self.model.param_defaults}

    def default_plan(self) -> ModelPlan:
        """The family as its file has it, with nothing searched put in but what is fixed.

        Raises:
            DiagnosticsError: where the file's own values give no model.
        """
        return self.model.plan(task=self.settings.task, values=fixed_values(self.domains))

    def resolve(self, values: Mapping[str, Value]) -> Candidate | Rejection:
        """Put values into the family and check the result against the constraints.

        Raises:
            InputError: where a setting or a constraint makes no sense for any values.
        """
        wrong = _foreign_option(self.settings, values)
        if wrong:
            return Rejection(values, "task-option", wrong, self._unbuilt())
        if wrong := foreign_option(self.settings.train, values):
            return Rejection(values, "train-option", wrong, self._unbuilt())
        settings = with_settings(self.settings, values)
        for conflict in task_conflicts(settings.task, settings.train):
            return Rejection(values, "task-loss", conflict.message, self._unbuilt())
        inside = {name: value for name, value in values.items() if not is_setting(name)}
        try:
            plan = self.model.plan(task=settings.task, values=inside)
        except DiagnosticsError as error:
            first = next(item for item in error.diagnostics if item.severity == "error")
            return Rejection(values, first.code, first.message, self._unbuilt())
        violations = {STRUCTURE: 0.0}
        broken: list[tuple[Constraint, str]] = []
        for constraint in self.constraints:
            outcome = constraint.measure(plan, {**self._defaults, **values})
            violations[constraint.text] = outcome.violation
            if outcome.violation > 0:
                broken.append((constraint, outcome.detail))
        if broken:
            return Rejection(values, broken[0][0].text, broken[0][1], violations, plan)
        return Candidate(values, plan, settings, violations)

    def _unbuilt(self) -> dict[str, float]:
        """Every key on every proposal: some samplers refuse trials that lack one."""
        return {STRUCTURE: 1.0} | {constraint.text: 0.0 for constraint in self.constraints}


def fixed_values(domains: Mapping[str, Domain]) -> dict[str, Value]:
    """Params and paths of the model that are held at one value, as ``--set`` does.

    Example:
        >>> fixed_values({"width": ChoiceDomain(choices=(8,))})
        {'width': 8}
    """
    return {
        name: domain.choices[0]
        for name, domain in domains.items()
        if isinstance(domain, ChoiceDomain) and len(domain.choices) == 1 and not is_setting(name)
    }


def _foreign_option(settings: RunSettings, values: Mapping[str, Value]) -> str:
    """What is wrong where a task's option is searched beside another task, or ""."""
    task = str(values.get("task", settings.task.name))
    options = [name.removeprefix("task.") for name in values if name.startswith("task.")]
    foreign = [option for option in options if option not in options_of(task)]
    return f"{task} has no option {foreign[0]}: `when` lets it in" if foreign else ""


def with_settings(settings: RunSettings, values: Mapping[str, Value]) -> RunSettings:
    """``settings`` with the searched ones put in, each section checked again."""
    under: dict[str, dict[str, Value]] = {"train": {}, "task": {}}
    for name, value in values.items():
        head, _, rest = name.partition(".")
        if is_setting(name):
            under[head][rest or "name"] = value
    update: dict[str, object] = {}
    if under["train"]:
        update["train"] = changed(settings.train, "train", under["train"])
    if under["task"]:
        update["task"] = changed_task(settings.task, under["task"])
    return settings.model_copy(update=update) if update else settings
