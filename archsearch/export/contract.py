"""What an exported net is fed and what it gives, in words: no other program knows the task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from archsearch.config import RunSettings, TaskSettings, kind_of, pictures_of
from archsearch.config.tasks.chroma_bins import bin_centers
from archsearch.config.tasks.colorize_bins import ColorizeBins
from archsearch.config.tasks.colorize_chroma import ColorizeChroma
from archsearch.records import RunRecord, epochs_told
from archsearch.spec.plan.model import ModelPlan

__all__ = ["Contract"]

_TO_RGB = (
    "Cb and Cr are 0.5 where there is no color. With the luminance Y of the picture they give "
    "R = Y + 1.402 (Cr − 0.5), B = Y + 1.772 (Cb − 0.5), G = (Y − 0.299 R − 0.114 B) / 0.587, "
    "clamped to [0, 1]."
)


@dataclass(frozen=True)
class Contract:
    """What goes in and what comes out, each in a few sentences.

    Attributes:
        task: what the net was trained for, with its options.
        fed: shape, range and preparation of the input.
        gives: the output, and how it becomes a picture.
        trained: on which pictures, and the error.
    """

    task: str
    fed: str
    gives: str
    trained: str

    @classmethod
    def of(cls, run: RunRecord, plan: ModelPlan) -> Contract:
        """The contract of a finished run's net."""
        settings, result = run.settings, run.result
        return cls(
            task=_task(settings.task),
            fed=" ".join(_fed(run, plan)),
            gives=" ".join(_gives(settings, plan)),
            trained=f"{_trained(run)}; test MSE {result.test.mse:.5f}.",
        )

    @property
    def text(self) -> str:
        """All of it, for the head of a file; lines of at most 96 columns."""
        parts = {"Task": self.task, "Fed": self.fed, "Gives": self.gives}
        lines = [line for name, text in parts.items() for line in _wrapped(f"{name}: {text}")]
        return "\n".join([*lines, *_wrapped(self.trained)]) + "\n"

    def metadata(self) -> dict[str, str]:
        """The same by name, for formats that hold texts."""
        return {"task": self.task, "fed": self.fed, "gives": self.gives, "trained": self.trained}


def _trained(run: RunRecord) -> str:
    """Where the weights come from, and on what their error was measured."""
    result, source = run.result, run.settings.data.source
    if result.origin is not None:
        return f"I{epochs_told(result)[1:]}, and measured on {source}"
    version = result.environment.versions.get("archsearch", "")
    return f"Trained with archsearch {version} on {source}, {epochs_told(result)}"


def _wrapped(text: str) -> list[str]:
    return wrap(text, 96, subsequent_indent="    ", break_long_words=False)


def _task(task: TaskSettings) -> str:
    options = ", ".join(f"{name} {getattr(task, name)}" for name in kind_of(task).options)
    doc = (type(task).__doc__ or "").strip().split("\n")[0]
    return f"{task.name}{f' ({options})' if options else ''}: {doc}"


def _fed(run: RunRecord, plan: ModelPlan) -> Iterator[str]:
    """Which pictures, in which range, and what is done to them before."""
    settings, result = run.settings, run.result
    kind = kind_of(settings.task)
    what = "pictures in RGB" if pictures_of(plan, settings.task) == 3 else "gray pictures"
    yield f"float32, N×{plan.input} (pictures, channels, rows, columns)."
    if kind.keeps == "luminance":
        yield (f"The luminance Y = 0.299 R + 0.587 G + 0.114 B of {what}, each channel in [0, 1].")
    else:
        yield f"{what[0].upper()}{what[1:]}, in [0, 1]."
    if kind.keeps == "unmasked":
        yield "What is to be filled is 0."
    elif kind.words.shown and kind.keeps == "nothing":
        yield f"It was trained on pictures that are {kind.words.shown}."
    if settings.data.standardize:
        yield (
            "Then each channel is standardized, (x − mean) / std, with mean "
            f"{_numbers(result.fed_mean)} and std {_numbers(_divisors(result.fed_std))}."
        )
    if settings.data.signed:
        yield "Then each number x becomes 2x − 1, in [−1, 1]."


def _gives(settings: RunSettings, plan: ModelPlan) -> Iterator[str]:
    """What the output's numbers are, and how they become a picture."""
    task = settings.task
    yield f"float32, N×{plan.output}."
    if settings.data.signed and kind_of(task).loss is None:
        yield "Each number y is in [−1, 1]: first it becomes (y + 1) / 2, in [0, 1]."
    colors = task.colors() if kind_of(task).scores_colors else "rgb"
    if colors == "chroma":
        yield "Cb and Cr of full-range JFIF YCbCr, to be clamped to [0, 1]."
        if isinstance(task, ColorizeChroma) and task.gain != 1:
            yield f"Then each c of them becomes 0.5 + {task.gain:g}·(c − 0.5)."
        yield _TO_RGB
    elif colors == "classes" and isinstance(task, ColorizeBins):
        yield from _classes(task, plan)
    else:
        yield f"The {kind_of(task).words.predicted} itself, to be clamped to [0, 1]."
        if colors == "rgb-merged":
            yield "Then its luminance is replaced by that of the picture fed."


def _classes(task: ColorizeBins, plan: ModelPlan) -> Iterator[str]:
    centers = bin_centers(task.grid)
    yield f"A score for each of {len(centers)} classes of chroma."
    if plan.output_activation == "sigmoid":
        yield "The scores went through a sigmoid: take its inverse, log(p / (1 − p)), first."
    yield (
        f"softmax(scores / {task.temperature:g}) over the classes weighs their centers; the mean "
        f"is the picture's (Cb, Cr). {_TO_RGB}"
    )
    yield f"Centers: {', '.join(f'({cb:g}, {cr:g})' for cb, cr in centers)}."


def _divisors(std: tuple[float, ...]) -> tuple[float, ...]:
    """A channel that never varies isn't divided."""
    return tuple(value or 1.0 for value in std)


def _numbers(values: tuple[float, ...]) -> str:
    return ", ".join(map(repr, values))
