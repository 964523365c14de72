"""Variants of colorizing: each trial with colors, over all its seeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import NamedTuple

from archsearch.config import LOSSES, TASKS, read_task
from archsearch.config.settings import TrainSettings
from archsearch.config.tasks.settings import Colors
from archsearch.errors import InputError
from archsearch.records import PlanRecord, RunResult, SeedRecord, StudyRecord, TrialRecord, Value
from archsearch.report.drawing.sample_grids import Pictures, read_sample_grid
from archsearch.report.sections.colors.measures import Spread, measured, spread
from archsearch.report.statistics.factors import label_of

__all__ = ["SeedPictures", "Variant", "comparable", "find_variants"]

_SETTINGS = ("task", "train", "data")
_LOSS = "train.loss"
_DEFAULT_LOSS = TrainSettings().loss


class SeedPictures(NamedTuple):
    """Test pictures, and the run that made them."""

    result: RunResult
    grid: Pictures


@dataclass(frozen=True)
class Variant:
    """One way to colorize, with all its seeds.

    Attributes:
        trial: its number.
        called: what the page calls it; no two are called the same.
        task: its task's name.
        colors: how its predictions come by their colors.
        options: what else was chosen, for people.
        settings: those of them that aren’t of the net.
        choices: everything that was chosen, by path: ``task``, ``task.…``, ``train.…``,
            searched names, and ``net``: its layers.
        plan: the net.
        results: one a seed.
        grids: gives the PNG of test pictures of each seed, or None.
    """

    trial: int
    called: str
    task: str
    colors: Colors
    options: str
    settings: str
    choices: Mapping[str, object]
    plan: PlanRecord
    results: tuple[RunResult, ...]
    grids: tuple[Callable[[], bytes | None], ...] = field(compare=False, default=())

    @property
    def name(self) -> str:
        """What it is called, and its task."""
        return f"{self.called}, {self.task}"

    @cached_property
    def spreads(self) -> dict[str, Spread | None]:
        """Every measure over the seeds."""
        return measured(self.results)

    @cached_property
    def pictures(self) -> SeedPictures | None:
        """Test pictures of the first seed that left some in reach."""
        for result, read in zip(self.results, self.grids, strict=True):
            stored = read()
            found = read_sample_grid(stored, self.plan) if stored is not None else None
            if found is not None:
                return SeedPictures(result, found)
        return None

    @property
    def collapsed(self) -> bool:
        """Whether the output of every seed is the same for all pictures."""
        return all(result.collapsed for result in self.results)

    @property
    def error(self) -> float:
        """The mean validation MSE, by which variants are ranked."""
        return sum(result.val.mse for result in self.results) / len(self.results)

    @property
    def minimizes_squared_error(self) -> bool:
        """Whether its loss is the squared error, of colors and not of classes."""
        loss = str(self.choices.get(_LOSS, _DEFAULT_LOSS))
        return self.colors != "classes" and loss in LOSSES and LOSSES[loss].squared_error

    @property
    def beats_mean_chroma(self) -> bool | None:
        """Whether every seed has a lower test MSE than the mean chroma; None if unknown or split.

        The mean chroma is that of each seed's own pictures.
        """
        won = {change < 0 for change in self._against_mean_chroma}
        return won.pop() if len(won) == 1 else None

    @cached_property
    def against_mean_chroma(self) -> Spread | None:
        """The share of the mean chroma's test MSE that is added to it; None where unknown."""
        return spread(found) if (found := self._against_mean_chroma) else None

    @property
    def _against_mean_chroma(self) -> list[float]:
        pairs = ((result.test.mse, result.baselines.test("mean_chroma")) for result in self.results)
        return [mse / chroma - 1 for mse, chroma in pairs if chroma]


def find_variants(
    study: StudyRecord,
    pictures: Callable[[SeedRecord], bytes | None],
    called: Callable[[int], str],
) -> list[Variant]:
    """A variant for each trial whose task predicts colors, in the trials' order.

    Args:
        study: whose trials' ``values`` have settings by path, e.g. ``task`` or ``train.loss``;
            what isn't there is in its ``settings``.
        pictures: reads a seed's PNG of test pictures.
        called: gives a trial's name.
    """
    found = (_variant(study, trial, pictures, called(trial.number)) for trial in study.trials)
    return [variant for variant in found if variant is not None]


def comparable(variants: Sequence[Variant]) -> list[Variant]:
    """The most that have the same pictures: errors on others can't be compared with theirs."""
    keys = [frozenset(result.data_fingerprint for result in v.results) for v in variants]
    most = Counter(keys).most_common(1)[0][0] if keys else None
    return [variant for variant, key in zip(variants, keys, strict=True) if key == most]


def _variant(
    study: StudyRecord,
    trial: TrialRecord,
    pictures: Callable[[SeedRecord], bytes | None],
    called: str,
) -> Variant | None:
    ended = [seed for seed in trial.seeds if seed.result is not None]
    results = tuple(seed.result for seed in ended if seed.result is not None)
    usable = trial.state in ("complete", "running", "waiting") and trial.duplicate_of is None
    if trial.plan is None or not usable or not results or results[0].test.color is None:
        return None
    task = results[0].task
    choices = _choices(study, trial, task)
    told = {name: value for name, value in trial.values.items() if name != "task"}
    return Variant(
        trial=trial.number,
        called=called,
        task=task,
        colors=_colors(task, choices),
        options=_told(told),
        settings=_told({name: value for name, value in told.items() if _is_setting(name)}),
        choices=choices | {"net": _layers(trial.plan)},
        plan=trial.plan,
        results=results,
        grids=tuple(partial(pictures, seed) for seed in ended),
    )


def _choices(study: StudyRecord, trial: TrialRecord, task: str) -> dict[str, object]:
    """The study's own task options and loss under what the trial was given."""
    train, space = study.settings.get("train"), study.settings.get("space")
    common = train if isinstance(train, dict) else {}
    choices = {**_study_options(study, task), _LOSS: common.get("loss", _DEFAULT_LOSS)}
    searched = space if isinstance(space, dict) else {}
    # Names that are neither a setting nor searched describe the net.
    choices |= {n: v for n, v in trial.values.items() if _is_setting(n) or n in searched}
    if task in TASKS and TASKS[task].loss is not None:
        del choices[_LOSS]
    return choices | {"task": task}


def _is_setting(name: str) -> bool:
    return name.partition(".")[0] in _SETTINGS


def _study_options(study: StudyRecord, task: str) -> dict[str, object]:
    if task not in TASKS:
        return {}
    try:
        own = read_task(study.settings.get("task") or task)
    except InputError:  # the setting of another version
        own = read_task(task)
    options = own if own.name == task else read_task(task)
    return {f"task.{name}": value for name, value in dict(options).items() if name != "name"}


def _colors(task: str, choices: Mapping[str, object]) -> Colors:
    options = {name: value for name, value in choices.items() if name.startswith("task.")}
    try:
        settings = read_task({task: {name.partition(".")[2]: v for name, v in options.items()}})
    except InputError:  # of another version, or of a package that isn't here
        return "rgb"
    return settings.colors()


def _told(values: Mapping[str, Value]) -> str:
    return ", ".join(
        f"{name.rpartition('.')[2]} {label_of(value)}" for name, value in values.items()
    )


def _layers(plan: PlanRecord) -> tuple[object, ...]:
    """All layers but the last, whose channels follow from the task."""
    return tuple((layer.path, layer.kind, layer.output, layer.params) for layer in plan.layers[:-1])
