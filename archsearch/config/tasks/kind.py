"""A task's descriptor: what the rest of the package asks of a task, and its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from archsearch.config.baselines import BASELINES
from archsearch.config.losses import OutputRule
from archsearch.config.tasks.settings import TaskSettings
from archsearch.errors import ExtensionError
from archsearch.extensions import Reference
from archsearch.spec.text.nearest import did_you_mean

__all__ = ["Kept", "OwnLoss", "TaskKind", "TaskWords"]

Kept = Literal["nothing", "luminance", "unmasked"]
"""What of a person's picture stands in the result as it was. ``luminance``: it is also all
that the net is fed; ``unmasked``: the net fills a mask, with 0 under it."""


@dataclass(frozen=True)
class OwnLoss:
    """A loss that a task has in place of ``train.loss``; ``output`` is for the last layer."""

    doc: str
    output: OutputRule | None = None


@dataclass(frozen=True)
class TaskWords:
    """How people read of a task.

    Attributes:
        shown: what nets get to see, e.g. ``noisy``; None where that is the picture itself.
        predicted: what they make of it.
        no_better: after "The net is no better than a guess": a remedy, or what else to look at.
        told: options that name a variant on pages wherever they are set, not only where
            runs differ in them.
    """

    shown: str | None = "input"
    predicted: str = "prediction"
    no_better: str = "Remedies: more epochs, another learning rate, or a larger net."
    told: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskKind:
    """A task: what a net is fed and what it should give back.

    What options decide is asked of the settings (:class:`TaskSettings`).

    Attributes:
        settings: its options.
        make: (settings, ``archsearch.tasks.task.TaskContext``) → ``archsearch.tasks.Task``.
        pictures: that it is learned from: any, or only those in RGB.
        asks: tasks with the same word here ask the same of nets, so that their errors compare,
            and a study may search over them; empty for a task that is alone.
        changes_input: options that change what nets are fed, so that errors can't be compared.
        shows: a word for what is shown that other tasks show, too; by default the name.
        fed_statistics: pictures → what ``data.standardize`` shifts and scales the input by
            (``archsearch.tasks.standardize.Standardize``).
        loss: its own, in place of ``train.loss``; None: that one.
        baselines: names of ``archsearch.config.BASELINES``, measured on the same pictures beside
            the channel mean. Linear codes are for tasks whose input is the target.
        scores_colors: whether colors are what it predicts, and are scored.
        keeps: what of a person's picture ``apply`` leaves as it is.
        words: for people.
    """

    group: ClassVar[str] = "tasks"

    settings: type[TaskSettings]
    make: Reference
    pictures: Literal["any", "RGB"] = "any"
    asks: str = ""
    changes_input: tuple[str, ...] = ()
    shows: str = ""
    fed_statistics: Reference = "archsearch.tasks.standardize:of_pictures"
    loss: OwnLoss | None = None
    baselines: tuple[str, ...] = ("linear",)
    scores_colors: bool = False
    keeps: Kept = "nothing"
    words: TaskWords = TaskWords()

    def __post_init__(self) -> None:
        unknown = next((name for name in self.baselines if name not in BASELINES), None)
        if unknown is not None:
            raise ExtensionError(
                f"task `{self.name}` names the baseline `{unknown}`, which there isn't",
                help=did_you_mean(unknown, BASELINES),
            )

    @property
    def name(self) -> str:
        """The word in files."""
        return str(self.settings.model_fields["name"].default)

    @property
    def options(self) -> tuple[str, ...]:
        """The names of its options."""
        return self.settings.option_names()
