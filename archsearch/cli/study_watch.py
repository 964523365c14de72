"""``archsearch study watch``: a study that other processes run, live."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from archsearch.cli.defaults import chosen_storage
from archsearch.cli.output import print_folded
from archsearch.cli.study_files import Storage, study_name
from archsearch.cli.study_options import Study
from archsearch.cli.study_text import study_lines
from archsearch.cli.watch_view import place, view
from archsearch.errors import ExtensionError, InputError, UnreadableError
from archsearch.streams import file_of, shown, terminal, write

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live

    from archsearch.study.watched import WatchedStudy

__all__ = ["watch"]

_IDLE = 3
"""Looks in a row that find no worker, until that is told."""

_SHARE = 4
"""So many times as long as reading took, nothing is read: a large study isn't slowed down."""


def watch(
    study: Study,
    storage: Storage = None,
    every: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.1, help="How often to look.")
    ] = 2.0,
) -> None:
    """Watch a study while other processes run it.

    It shows the best trial so far, error over latent size, the workers, and the
    time left. It waits for a study that has not begun. When the study ends, the
    view goes away and the summary is printed. Ctrl-C ends the view, not the
    study. In a pipe, it prints a line for each change.

    Example: archsearch study watch latent-vs-mse
    """
    url, name = chosen_storage(storage), study_name(study)
    with _display() as display:
        watched = _watched(url, name, every, display)
    print_folded(study_lines(watched.record))


def _watched(url: str, name: str, every: float, display: _Display) -> WatchedStudy:
    """Look on until the study has ended; give what it came to."""
    from archsearch.study.watched import watched_study

    while True:
        began = time.monotonic()
        try:
            watched = watched_study(url, name)
        except (UnreadableError, ExtensionError):  # waiting repairs nothing
            raise
        except InputError as error:
            display.wait(name, error)
        else:
            if watched.ended:
                return watched
            display.show(watched)
        time.sleep(max(every, _SHARE * (time.monotonic() - began)))


class _Display(Protocol):
    """Where a study is shown."""

    def wait(self, name: str, error: InputError) -> None:
        """Show that there is nothing to see yet."""

    def show(self, watched: WatchedStudy) -> None:
        """Show how it stands."""


@contextmanager
def _display() -> Iterator[_Display]:
    console = terminal("stdout")
    if console is None:
        yield _Lines()
        return
    from rich.live import Live

    with Live(console=console, screen=True, auto_refresh=False) as live:
        yield _Screen(live, console)


class _Lines:
    """A line for each change."""

    def __init__(self) -> None:
        self._key: object = None
        self._idle = 0

    def wait(self, name: str, error: InputError) -> None:
        self._tell(error.what, f"waiting for {name}: {error.what}")

    def show(self, watched: WatchedStudy) -> None:
        self._idle = 0 if watched.working else self._idle + 1
        # Between two trainings a worker holds nothing; and the time left changes all the time.
        key = (watched.done, self._idle >= _IDLE)
        self._tell(key, f"{watched.record.name}: {place(watched)}")

    def _tell(self, key: object, line: str) -> None:
        if key != self._key:
            self._key = key
            write("stdout", [shown(line)])
            file_of("stdout").flush()  # a pipe would have the lines only at the end


class _Screen:
    """The terminal's alternate screen, which leaves what was there as it was."""

    def __init__(self, live: Live, console: Console) -> None:
        self._live, self._console = live, console

    def wait(self, name: str, error: InputError) -> None:
        self._update([f"waiting for {name}", "", *error.lines, "", "Ctrl-C ends this view"])

    def show(self, watched: WatchedStudy) -> None:
        size = self._console.size
        self._update(view(watched, width=size.width, height=size.height))

    def _update(self, lines: list[str]) -> None:
        from rich.text import Text

        text = Text("\n".join(map(shown, lines)), no_wrap=True, overflow="ellipsis")
        self._live.update(text, refresh=True)
