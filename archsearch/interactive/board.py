"""Where progress is told: lines that stay and, below them, what moves.

A terminal has a live display, a notebook one display that is written anew; elsewhere, lines
alone. All goes to stderr, or to the cell's output.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from archsearch.streams import folded, in_notebook, shown, terminal, to_stderr

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

__all__ = [
    "Board",
    "Moving",
    "NotebookBoard",
    "open_board",
    "rendered",
    "without_widget_warning",
]

BAR_WIDTH = 40
_UPDATE_SECONDS = 0.25
_MOST_LINES = 60


@dataclass(frozen=True)
class Moving:
    """What moves: a bar at ``done`` of ``total``, and lines below it; names in them are escaped."""

    done: int
    total: int
    lines: tuple[str, ...] = ()


class Board(Protocol):
    """Something to tell progress on; ``moves`` says whether what moves is told."""

    moves: ClassVar[bool]

    def say(self, line: str) -> None:
        """Tell a line that stays."""

    def show(self, moving: Moving) -> None:
        """Tell what moves, in place of what moved before."""


@contextmanager
def open_board() -> Iterator[Board]:
    """The board of where this runs; what moves is gone afterwards."""
    if in_notebook():
        with NotebookBoard() as board:
            yield board
        return
    console = terminal("stderr")
    if console is None:
        yield _Lines()
        return
    from rich.live import Live

    with Live(console=console, refresh_per_second=4, transient=True) as live:
        yield _Terminal(live)


class _Lines:
    """Neither a terminal nor a notebook: what moves isn't told."""

    moves: ClassVar[bool] = False

    def say(self, line: str) -> None:
        to_stderr(line)

    def show(self, moving: Moving) -> None:
        pass


class _Terminal:
    """Lines go up above the live display."""

    moves: ClassVar[bool] = True

    def __init__(self, live: Live) -> None:
        self._live = live

    def say(self, line: str) -> None:
        self._live.console.print(folded(shown(line), self._live.console.width))

    def show(self, moving: Moving) -> None:
        self._live.update(rendered(moving))


def rendered(moving: Moving) -> RenderableType:
    """What moves, for a terminal."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    table = Table.grid()  # a bar ends no line of its own
    table.add_row(ProgressBar(max(moving.total, 1), moving.done, width=BAR_WIDTH))
    for line in moving.lines:
        table.add_row(Text(shown(line)))
    return table


class NotebookBoard:
    """One display of a cell, written anew a few times a second; it needs no widgets."""

    moves: ClassVar[bool] = True

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._moving: tuple[str, ...] = ()
        self._told = 0.0
        self._update = _new_display()

    def __enter__(self) -> NotebookBoard:
        return self

    def __exit__(self, *_: object) -> None:
        self._moving = ()
        self._tell()

    def say(self, line: str) -> None:
        """Tell a line that stays."""
        self._lines.append(shown(line))
        self._tell_now_and_then()

    def show(self, moving: Moving) -> None:
        """Tell what moves, in place of what moved before."""
        full = round(BAR_WIDTH * min(1.0, moving.done / max(moving.total, 1)))
        bar = "━" * full + "·" * (BAR_WIDTH - full)
        self._moving = (f"{bar} {moving.done}/{moving.total}", *map(shown, moving.lines))
        self._tell_now_and_then()

    def _tell_now_and_then(self) -> None:
        if time.monotonic() - self._told >= _UPDATE_SECONDS:
            self._tell()

    def _tell(self) -> None:
        earlier = len(self._lines) - _MOST_LINES
        first = [f"… {earlier} earlier lines"] if earlier > 0 else []
        self._told = time.monotonic()
        self._update("\n".join([*first, *self._lines[-_MOST_LINES:], *self._moving]))


def without_widget_warning() -> None:
    """Load tqdm, which Optuna loads, without its warning that a notebook has no widgets."""
    if not in_notebook():
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import_module("tqdm.auto")


def _new_display() -> _Update:
    from IPython.display import display

    handle: Any = display({"text/plain": ""}, raw=True, display_id=True)  # type: ignore[no-untyped-call]
    return lambda text: handle.update({"text/plain": text}, raw=True)


class _Update(Protocol):
    def __call__(self, text: str, /) -> None: ...
