"""Progress on stderr: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from archsearch.cli.output import shown, stderr_terminal, to_stderr

if TYPE_CHECKING:
    from archsearch.records import EpochRecord

__all__ = ["EpochLines", "step_bar"]

Report = Callable[[int, int], None]
"""Called with (done, total)."""


@contextmanager
def step_bar(label: str) -> Iterator[Report]:
    """A bar on stderr while it is a terminal, gone afterwards; nothing elsewhere."""
    console = stderr_terminal()
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
    """Writes one line an epoch to stderr.

    Attributes:
        done: the last epoch that ended, 0 before the first.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.done = 0

    def __call__(self, row: EpochRecord) -> None:
        """Write the line of an epoch that ended."""
        self.done = row.epoch
        place = f"{row.epoch:>{len(str(self.epochs))}}/{self.epochs}"
        to_stderr(
            f"epoch {place}  training MSE {row.train_mse:.5f}  "
            f"validation MSE {row.val_mse:.5f}  {row.seconds:.1f} s"
        )
