"""Progress of loading and training: a bar where something may move, a line an epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, ParamSpec

from archsearch.interactive.board import Moving, NotebookBoard
from archsearch.records import epochs_told
from archsearch.streams import in_notebook, shown, terminal, terminal_width, to_stderr_folded

if TYPE_CHECKING:
    from archsearch.data import Pictures
    from archsearch.records import EpochRecord, RunResult

__all__ = ["EpochLines", "both", "pictures_line", "step_bar", "stopped_line", "training_progress"]

P = ParamSpec("P")

Report = Callable[[int, int], None]
"""Called with (done, total)."""


@contextmanager
def step_bar(label: str) -> Iterator[Report]:
    """A bar while there is a terminal or a notebook, gone afterwards; nothing elsewhere."""
    if in_notebook():
        with NotebookBoard() as board:
            yield _moves(board, label)
        return
    console = terminal("stderr")
    if console is None:
        yield lambda done, total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    label_column = TextColumn("{task.description}", markup=False)
    columns = (label_column, BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(shown(label), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total or None)


class EpochLines:
    """Writes one line an epoch.

    Args:
        epochs: how many there are to be.
        say: called with each line.
        width: columns; a note that doesn't fit gets a line of its own.

    Attributes:
        done: the last epoch that ended, 0 before the first.
    """

    def __init__(self, epochs: int, say: Callable[[str], None], width: float = inf) -> None:
        self.epochs = epochs
        self.done = 0
        self._say = say
        self._width = width
        self._note = ""

    def note(self, text: str) -> None:
        """Keep what must be known of the next epoch for its line."""
        self._note = text

    def __call__(self, row: EpochRecord) -> None:
        """Write the line of an epoch that ended."""
        self.done = row.epoch
        place = f"epoch {row.epoch:>{len(str(self.epochs))}}/{self.epochs}  "
        line = (
            f"{place}training MSE {row.train_mse:.5f}  "
            f"validation MSE {row.val_mse:.5f}  {row.seconds:.1f} s"
        )
        note, self._note = self._note, ""
        if note and len(line) + len(note) + 2 > self._width:
            self._say(line)
            line = f"{' ' * len(place)}{note}"
        elif note:
            line = f"{line}  {note}"
        self._say(line)


@contextmanager
def training_progress(label: str, epochs: int) -> Iterator[tuple[EpochLines, Report]]:
    """A line an epoch, and below them a bar over the steps while there is where it may move.

    Args:
        label: of the bar.
        epochs: how many there are to be.
    """
    if in_notebook():
        with NotebookBoard() as board:
            yield EpochLines(epochs, board.say), _moves(board, label)
        return
    with step_bar(label) as report:
        width = inf if terminal("stderr") is None else terminal_width()
        yield EpochLines(epochs, to_stderr_folded, width), report


def both(first: Callable[P, None], second: Callable[P, None] | None) -> Callable[P, None]:
    """What calls one, then the other, if there is one."""
    if second is None:
        return first

    def call(*values: P.args, **named: P.kwargs) -> None:
        first(*values, **named)
        second(*values, **named)

    return call


def pictures_line(pictures: Pictures) -> str:
    """How many pictures each split has, and the note on them."""
    splits = pictures.splits
    counts = f"{splits['train']:,} train, {splits['val']:,} validate, {splits['test']:,} test"
    return f"{pictures.source}: {counts}" + (f"; {pictures.note}" if pictures.note else "")


def stopped_line(result: RunResult) -> str:
    """That a training stopped early; "" where it didn't."""
    if result.planned_epochs is None:
        return ""
    return f"stopped after {epochs_told(result)}: the validation error no longer fell"


def _moves(board: NotebookBoard, label: str) -> Report:
    return lambda done, total: board.show(Moving(done, total, (label,)))
