"""Write ``docs/exercise.md`` from the executed notebook of the exercise, figures beside it.

``python notebooks/page.py`` writes it anew, so that both show the same commands and outputs.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks/exercise.ipynb"
PAGE = ROOT / "docs/exercise.md"
FIGURES = ROOT / "docs/figures"
HEAD = """<!-- `python notebooks/page.py` writes this page from notebooks/exercise.ipynb. -->
"""
NAMES = {
    "{SHORT}": "--data photos --limit 3000 --epochs 4",
    "{DATA}": "photos",
    "{LESS}": "--limit 3000",
}
"""What the notebook calls so."""
SET_UP = 1
"""Cells of code that only a notebook needs."""


def page(notebook: nbformat.NotebookNode) -> tuple[str, dict[str, bytes]]:
    """The page, and its figures by their names."""
    parts, figures = [HEAD], dict[str, bytes]()
    codes = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source.replace("](../docs/", "]("))
            continue
        codes += 1
        if codes > SET_UP:
            parts += _shown(cell, figures)
    return "\n\n".join(part.strip("\n") for part in parts) + "\n", figures


def _shown(cell: nbformat.NotebookNode, figures: dict[str, bytes]) -> Iterator[str]:
    """The commands with what they print, then the pictures."""
    printed = "".join(each.text for each in cell.outputs if each.output_type == "stream")
    commands = [line[1:] for line in cell.source.splitlines() if line.startswith("!")]
    told = "\n".join(f"$ {_spelled_out(each)}" for each in commands)
    yield f"```console\n{told}\n{_plain(printed)}\n```"
    for each in cell.outputs:
        if "data" in each and "image/png" in each.data:
            name = f"exercise-{len(figures) + 1}.png"
            figures[name] = base64.b64decode(each.data["image/png"])
            yield f"![{_alternative(each)}](figures/{name})"


def _spelled_out(command: str) -> str:
    """The command with what the notebook's names stand for."""
    for name, value in NAMES.items():
        command = command.replace(name, value)
    return command


def _plain(printed: str) -> str:
    """Without colors, without what a later line overwrites, without folders of this machine."""
    without = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", printed)
    lines = [line.split("\r")[-1].rstrip() for line in without.replace("\r\n", "\n").split("\n")]
    kept = [line for line in lines if not line.startswith("/")]
    return "\n".join(kept).strip("\n")


def _alternative(output: nbformat.NotebookNode) -> str:
    return str(output.metadata.get("alt", "The figure of the report"))


def main() -> None:
    """Write the page and its figures."""
    text, figures = page(nbformat.read(NOTEBOOK, as_version=4))
    for name, content in figures.items():
        (FIGURES / name).write_bytes(content)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
