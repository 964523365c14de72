"""Variants of colorizing: runs that differ only in their seed are one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from archsearch.config import LOSSES, TASKS, kind_of, read_task, words_of
from archsearch.config.run_settings import RunSettings
from archsearch.config.settings import TrainSettings
from archsearch.config.tasks.settings import Colors
from archsearch.errors import InputError
from archsearch.records import (
    PlanRecord,
    RunRecord,
    RunResult,
    SeedRecord,
    StudyRecord,
    TrialRecord,
    read_pictures,
)
from archsearch.report.color.measures import Spread, measured
from archsearch.report.drawing.sample_grids import Pictures, read_sample_grid

__all__ = ["SeedPictures", "Variant", "run_variants", "study_variants"]

_LOSS = "train.loss"
_DEFAULT_LOSS = TrainSettings().loss


class SeedPictures(NamedTuple):
    """Test pictures and the seed of the run that made them."""

    seed: int
    grid: Pictures


@dataclass(frozen=True)
class Variant:
    """One way to colorize, with all its seeds.

    Attributes:
        name: how the page calls it; no two are called the same.
        task: its task's name.
        colors: how its predictions come by their colors.
        net: its architecture, for people.
        options: what else tells it from others, for people.
        choices: everything that was chosen, by path: ``task``, ``net``, ``task.…``,
            ``train.…`` and searched names.
        plan: the net.
        results: one a seed.
        grids: gives the PNG of test pictures of each seed, or None.
        trial: its number in a study.
    """

    name: str
    task: str
    colors: Colors
    net: str
    options: str
    choices: Mapping[str, object]
    plan: PlanRecord
    results: tuple[RunResult, ...]
    grids: tuple[Callable[[], bytes | None], ...] = field(compare=False, default=())
    trial: int | None = None

    @cached_property
    def spreads(self) -> dict[str, Spread | None]:
        """Every measure over the seeds."""
        return measured(self.results)

    @cached_property
    def pictures(self) -> SeedPictures | None:
        """Test pictures of the first seed that left some in reach."""
        for result, read in zip(self.results, self.grids, strict=False):
            stored = read()
            found = read_sample_grid(stored, self.plan) if stored is not None else None
            if found is not None:
                return SeedPictures(result.seed, found)
        return None

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
    def leaks(self) -> bool:
        """Whether the decoder reads encoder layers, past the latent."""
        return self.plan.effective_size > self.plan.latent_size

    @property
    def beats_mean_chroma(self) -> bool | None:
        """Whether every seed has a lower test MSE than the mean chroma; None if unknown or split.

        The mean chroma is that of each seed's own pictures.
        """
        won = {mse < chroma for mse, chroma in self.mean_chroma_pairs}
        return won.pop() if len(won) == 1 else None

    @property
    def mean_chroma_pairs(self) -> list[tuple[float, float]]:
        """Test MSE of each seed and of the mean chroma on its pictures, where that is known."""
        pairs = ((result.test.mse, result.baselines.test("mean_chroma")) for result in self.results)
        return [(mse, chroma) for mse, chroma in pairs if chroma is not None]


def is_color(result: RunResult) -> bool:
    """Whether colors are what the run predicts, and were measured."""
    return result.test.color is not None


def run_variants(
    runs: Sequence[RunRecord],
    plans: Sequence[PlanRecord],
    grids: Sequence[Callable[[], bytes | None]],
) -> list[Variant]:
    """The variants among trained runs, in the order of their first runs.

    Settings other than task, loss and seed are named only where the runs differ in them.
    """
    places = [place for place, run in enumerate(runs) if is_color(run.result)]
    flat = {place: _flat(runs[place].settings) for place in places}
    groups: dict[tuple[object, ...], list[int]] = {}
    for place in places:
        key = (plans[place].key, tuple(sorted((k, repr(v)) for k, v in flat[place].items())))
        groups.setdefault(key, []).append(place)
    nets = _net_names([plans[group[0]] for group in groups.values()])
    varied = _varied(list(flat.values()))
    made = []
    for group, net in zip(groups.values(), nets, strict=True):
        first = group[0]
        settings = runs[first].settings.task
        task = settings.name
        told = {
            name: value
            for name, value in flat[first].items()
            if name != "task" and (name in varied or _is_told(task, name, value))
        }
        options = _told(told)
        made.append(
            Variant(
                name=", ".join(part for part in (task, net, options) if part),
                task=task,
                colors=settings.colors(),
                net=net,
                options=options,
                choices={"net": net, **flat[first]},
                plan=plans[first],
                results=tuple(runs[place].result for place in group),
                grids=tuple(grids[place] for place in group),
            )
        )
    return _distinct(made)


def study_variants(study: StudyRecord) -> list[Variant]:
    """A variant for each trial with colors: one trial is one candidate with all its seeds."""
    made = []
    for trial in study.trials:
        ended = [seed for seed in trial.seeds if seed.result is not None]
        results = [seed.result for seed in ended if seed.result is not None]
        usable = trial.state in ("complete", "running", "waiting") and trial.duplicate_of is None
        if trial.plan is None or not usable or not results or not is_color(results[0]):
            continue
        choices = _trial_choices(study, trial, results[0].task)
        told = {name: value for name, value in trial.values.items() if name != "task"}
        made.append(
            Variant(
                name=f"trial {trial.number}, {results[0].task}",
                task=results[0].task,
                colors=_colors(results[0].task, choices),
                net=_net_of(choices) or trial.plan.name,
                options=_told(told),
                choices=choices,
                plan=trial.plan,
                results=tuple(results),
                grids=tuple(_reader(study, seed) for seed in ended),
                trial=trial.number,
            )
        )
    return made


def _reader(study: StudyRecord, seed: SeedRecord) -> Callable[[], bytes | None]:
    return lambda: read_pictures(study, seed)


def _flat(settings: RunSettings) -> dict[str, object]:
    """Every setting but the seed by its path; a loss only where the task minimizes it."""
    task = settings.task
    options = {f"task.{name}": value for name, value in dict(task).items() if name != "name"}
    train = {f"train.{name}": value for name, value in dict(settings.train).items()}
    data = {f"data.{name}": value for name, value in dict(settings.data).items()}
    del train["train.seed"]
    del data["data.source"]  # a path; other pictures have another fingerprint
    if kind_of(task).loss is not None:
        del train[_LOSS]
    return {"task": task.name, **options, **train, **data}


def _trial_choices(study: StudyRecord, trial: TrialRecord, task: str) -> dict[str, object]:
    """The study's own task options and loss under what the trial was given."""
    choices: dict[str, object] = {"task": task, **_study_options(study, task)}
    train = study.settings.get("train")
    if task not in TASKS or TASKS[task].loss is None:
        choices[_LOSS] = (
            train.get("loss", _DEFAULT_LOSS) if isinstance(train, dict) else _DEFAULT_LOSS
        )
    return choices | {name: value for name, value in trial.values.items() if name != "task"}


def _colors(task: str, choices: Mapping[str, object]) -> Colors:
    options = {name: value for name, value in choices.items() if name.startswith("task.")}
    try:
        settings = read_task({task: {name.partition(".")[2]: v for name, v in options.items()}})
    except InputError:  # of another version, or of a package that isn't here
        return "rgb"
    return settings.colors()


def _study_options(study: StudyRecord, task: str) -> dict[str, object]:
    if task not in TASKS:
        return {}
    try:
        own = read_task(study.settings.get("task") or task)
    except InputError:  # the setting of another version
        own = read_task(task)
    options = own if own.name == task else read_task(task)
    return {f"task.{name}": value for name, value in dict(options).items() if name != "name"}


def _net_of(choices: Mapping[str, object]) -> str:
    """A trial's architecture as the searched names that make it."""
    outside = ("task", "train", "data", "net")
    return _told({k: v for k, v in choices.items() if k.partition(".")[0] not in outside})


def _varied(settings: Sequence[Mapping[str, object]]) -> set[str]:
    """Paths whose value isn't the same in all runs that have it."""
    names = dict.fromkeys(name for one in settings for name in one)
    return {name for name in names if len({repr(one[name]) for one in settings if name in one}) > 1}


def _is_told(task: str, name: str, value: object) -> bool:
    """Whether a choice is told even where all runs have it."""
    if name == _LOSS:
        return value != _DEFAULT_LOSS
    head, _, option = name.partition(".")
    return head == "task" and option in words_of(task).told and value is not False


def _told(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name.rpartition('.')[2]} {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _net_names(plans: Sequence[PlanRecord]) -> list[str]:
    """The nets' names; with their parameters where one name stands for nets of other hulls.

    One spec gives each task another last layer, so costs alone don't tell nets apart;
    hidden layers do.
    """
    hidden: dict[str, list[tuple[object, ...]]] = {}
    for plan in plans:
        known = hidden.setdefault(plan.name, [])
        if _hull(plan) not in known:
            known.append(_hull(plan))
    return [
        plan.name
        if len(hidden[plan.name]) == 1
        else f"{plan.name} ({hidden[plan.name].index(_hull(plan)) + 1})"
        for plan in plans
    ]


def _hull(plan: PlanRecord) -> tuple[object, ...]:
    """All layers but the last, whose channels follow from the task."""
    return tuple((layer.path, layer.output) for layer in plan.layers[:-1])


def _distinct(variants: list[Variant]) -> list[Variant]:
    """The variants, numbered where two would be called the same."""
    from dataclasses import replace

    names = [variant.name for variant in variants]
    return [
        variant
        if names.count(variant.name) == 1
        else replace(variant, name=f"{variant.name} ({names[: place + 1].count(variant.name)})")
        for place, variant in enumerate(variants)
    ]
