"""Write ``docs/exercise.md`` from the executed notebook of the exercise, its figures beside it.

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
HEAD = """<!-- `python notebooks/page.py` writes this page from notebooks/exercise.ipynb. -->"""


def page(notebook: nbformat.NotebookNode) -> tuple[str, dict[str, bytes]]:
    """The page, and its figures by their names."""
    parts, figures, variables = [], dict[str, bytes](), dict[str, str]()
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source.replace("](../docs/", "]("))
            continue
        variables |= dict(re.findall(r"^%env (\w+)=(.*)$", cell.source, re.MULTILINE))
        parts += _shown(cell, variables, figures)
    title, *rest = "\n\n".join(parts).split("\n", 1)
    return "\n".join([title, "", HEAD, *rest]) + "\n", figures


def _shown(
    cell: nbformat.NotebookNode, variables: dict[str, str], figures: dict[str, bytes]
) -> Iterator[str]:
    """A cell's commands with what they print; its pictures."""
    commands = _commands(cell.source, variables)
    printed = "".join(each.text for each in cell.outputs if each.output_type == "stream")
    if commands:
        told = "\n".join(f"$ {command}" for command in commands)
        yield f"```console\n{told}\n{printed}".rstrip("\n") + "\n```"
    for each in cell.outputs:
        if "image/png" in each.get("data", {}):
            name = f"exercise-{len(figures) + 1}.png"
            figures[name] = base64.b64decode(each.data["image/png"])
            yield f"![{cell.metadata.alt}](figures/{name})"


def _commands(source: str, variables: dict[str, str]) -> list[str]:
    """The lines for a shell, with values for names; what only a notebook needs is left out."""
    head, _, rest = source.partition("\n")
    if head.startswith("%cd"):
        return [f"cd {head.split()[-1]}"]
    if head != "%%sh":
        return []
    return [_spelled_out(line.removesuffix(" 2>&1"), variables) for line in rest.splitlines()]


def _spelled_out(text: str, variables: dict[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda name: variables[name[1]], text)


def main() -> None:
    """Write the page and its figures."""
    text, figures = page(nbformat.read(NOTEBOOK, as_version=4))
    for name, content in figures.items():
        (FIGURES / name).write_bytes(content)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
