"""Writing a report: the page, the tables for programs, and the figures."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from archsearch.files import write_bytes, write_text
from archsearch.report.pages.drawn import Drawn
from archsearch.report.pages.html import html
from archsearch.report.pages.markdown import markdown
from archsearch.report.pages.page import Page, drawn_figures, without_empty
from archsearch.report.sections.blocks import PictureRows, Text

__all__ = ["ReportFiles", "write_page"]


@dataclass(frozen=True)
class ReportFiles:
    """What was written, and what it says.

    Attributes:
        index: the page.
        trials: the table, one row a trial and seed.
        epochs: the table of every epoch, one row a trial, seed and epoch.
        summary_file: the numbers for programs.
        figures: PNG and SVG files.
        summary: what ``summary_file`` holds.
        answer: the page's opening sentences.
        complete: how many trials, or trained runs, are complete.
    """

    index: Path
    trials: Path
    epochs: Path
    summary_file: Path
    figures: tuple[Path, ...]
    summary: dict[str, object]
    answer: tuple[str, ...]
    complete: int


def write_page(
    page: Page,
    out: Path,
    *,
    summary: Mapping[str, object],
    trials: str,
    epochs: str,
    complete: int,
    table: str = "trials.csv",
) -> ReportFiles:
    """Write a page and what lies beside it into the folder ``out``, the page last.

    Args:
        page: to be written.
        out: a folder, made if missing; earlier files of the same names are replaced.
        summary: the numbers for programs; ``figures`` is added.
        trials: what the file ``table`` says.
        epochs: what ``epochs.csv`` says.
        complete: how many trials are complete.
        table: the name of the file with a row for each trial and seed, or each run.
    """
    drawn = drawn_figures(page)
    page = without_empty(page, drawn)
    figures = [*_figures(drawn, out), *_pictures(page, out)]
    told = dict(summary) | {"figures": [path.relative_to(out).as_posix() for path in figures]}
    written = ReportFiles(
        out / "index.html",
        out / table,
        out / "epochs.csv",
        out / "summary.json",
        tuple(figures),
        told,
        tuple(block.text for block in page.answer.blocks if isinstance(block, Text)),
        complete,
    )
    write_text(written.trials, trials)
    write_text(written.epochs, epochs)
    text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False)
    write_text(written.summary_file, text + "\n")
    write_text(out / "report.md", markdown(page, drawn.keys()))
    write_text(written.index, html(page, drawn))
    return written


def _figures(drawn: Mapping[str, Drawn], out: Path) -> Iterable[Path]:
    for name, each in drawn.items():
        png, svg = (out / "figures" / f"{name}.{kind}" for kind in ("png", "svg"))
        write_bytes(png, each.png)
        write_text(svg, each.svg)
        yield from (png, svg)


def _pictures(page: Page, out: Path) -> Iterable[Path]:
    blocks = [*page.first, *(block for part in page.sections for block in part.blocks)]
    for block in blocks:
        if isinstance(block, PictureRows):
            for place, row in enumerate(block.rows):
                path = out / "figures" / f"{block.name}-{place}.png"
                write_bytes(path, row.png)
                yield path
