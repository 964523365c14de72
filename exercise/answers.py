"""The exercise's questions in order, each with what the reports answer: ``reports/README.md``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes

from archsearch.config import load_study
from archsearch.files import write_text
from archsearch.report.drawing.style import styled
from exercise.parts import PARTS, STUDIES
from exercise.pictures import enlarged, store_small, write_enlarged
from exercise.questions import best, code_size, colors, denoising, factors, nine_layers, sizes
from exercise.results import facts

__all__ = ["QUESTIONS", "Question", "answers", "write_answers"]

DISCUSSION = "discussion.md"
"""What a person says of the results; it stands beside them, and its numbers are theirs."""

HEAD = """# The exercise, answered

<!-- `python -m exercise --answers` writes this page from the CSV and JSON files beside it. -->

A course exercise asks for convolutional autoencoders: the nine-layer net, the size of its
representations, other architectures, whether the size of the latent and the error correlate, and
color. The answers have their numbers from the reports that lie beside this page. Pictures are split
80/10/10. MSE is the mean over pixels and channels of RGB in [0, 1]. All nets were trained with the
[default recipe](../docs/training.md) of archsearch, the tool of this repository (Adam, a learning
rate that rises once and falls, MSE as the loss), except in what a question changes. Intervals are
95 %: of an error, Student's t over its seeds; of a difference, Student's t over pairs of nets that
differ in nothing else; of a slope or a correlation, [that of the report](../docs/statistics.md).
The [glossary](../docs/glossary.md) explains terms such as MAC and PCA.
"""

ON_PICTURES = """The pictures aren't the official pixels: [what that changes](#the-pictures).
"""


@dataclass(frozen=True)
class Question:
    """A question of the exercise.

    Attributes:
        asked: the question.
        answer: its answer as lines of Markdown, from the folder of reports.
        reports: what it is answered from; without them it isn't.
        draw: its figure, if it has one.
        more: what adds to the answer, where it is there.
    """

    asked: str
    answer: Callable[[Path], list[str]]
    reports: tuple[str, ...] = ()
    draw: Callable[[Path, Axes], None] | None = None
    more: tuple[str, ...] = ()

    @property
    def figure(self) -> str:
        """Its figure's file, from the folder of reports."""
        return f"figures/{self.reports[0]}.png"


QUESTIONS = (
    Question(
        "How well does the nine-layer net reconstruct?",
        nine_layers.answer, ("nine-layer",), nine_layers.draw,
    ),
    Question("How large is each representation?", sizes.answer),
    Question(
        "What do layers, channels, kernels, strides and padding do?",
        factors.answer, ("nine-layer-factors",), factors.draw, ("latent-activation",),
    ),
    Question(
        "Do latent size and error correlate?",
        code_size.answer, ("code-size",), code_size.draw, ("code-long",),
    ),
    Question(
        "What is the best net with a latent no larger?",
        best.answer, ("best-net", "winners", "nine-layer"), best.draw, ("size-front",),
    ),
    Question("Can it color gray pictures?", colors.answer, ("colorize",), colors.draw),
    Question("Can it take noise away?", denoising.answer, ("denoising",)),
)  # fmt: skip


REPEAT = """## Repeat it

`make exercise` does all of it on the official CIFAR-10, which it downloads. Each part can be run
alone, and goes on where it was stopped; it prints every command of archsearch that it runs.
`make exercise-small` does the same with 6,000 pictures and one seed, in a quarter of an hour.
"""


def answers(reports: Path) -> str:
    """The page as Markdown; of questions whose reports aren't there it says so."""
    return enlarged(_page(reports))


def _page(reports: Path) -> str:
    lines = [HEAD]
    if (discussion := reports / DISCUSSION).exists():
        lines.append(ON_PICTURES)
    for number, question in enumerate(QUESTIONS, start=1):
        lines += [f"## {number}. {question.asked}", "", *_answer(question, reports), ""]
    if discussion.exists():
        lines.append(discussion.read_text(encoding="utf-8").rstrip("\n") + "\n")
    width = max(map(len, PARTS))
    commands = "\n".join(
        f"python -m exercise {name:{width}}  # {_described(name)}" for name in PARTS
    )
    lines += [REPEAT, f"```sh\n{commands}\n```"]
    return "\n".join(lines).rstrip("\n") + "\n"


def _described(part: str) -> str:
    """What a part of the exercise is, in a line."""
    own = PARTS[part].__doc__
    if own:
        return own.splitlines()[0].rstrip(".")
    return load_study(STUDIES / f"{part}.yaml").settings.description


def _answer(question: Question, reports: Path) -> list[str]:
    missing = [name for name in question.reports if not (reports / name).exists()]
    if missing:
        return [f"Not answered yet: `python -m exercise {' '.join(missing)}` does."]
    lines = question.answer(reports)
    if question.draw is not None:
        lines += ["", f"![{question.asked}]({question.figure})"]
    if question.reports:
        there = [*question.reports, *(name for name in question.more if (reports / name).exists())]
        linked = (f"[{name}]({name}/index.html) ({facts(reports / name)})" for name in there)
        lines += ["", f"From {', '.join(linked)}."]
    return lines


def write_answers(reports: Path) -> Path:
    """Draw the figures and write the page; gives its path."""
    from matplotlib.figure import Figure

    (reports / "figures").mkdir(parents=True, exist_ok=True)
    for question in QUESTIONS:
        if question.draw is None or not all((reports / name).exists() for name in question.reports):
            continue
        with styled():
            figure = Figure(figsize=(7, 4.2), layout="constrained")
            question.draw(reports, figure.subplots())
            figure.savefig(reports / question.figure, dpi=110)
    write_enlarged(_page(reports), reports)
    store_small(reports)
    page = reports / "README.md"
    write_text(page, answers(reports))
    return page
