"""Diagnostics as text: one file a format."""

from collections.abc import Callable, Sequence

from archsearch.printable import count
from archsearch.spec.render.concise import concise
from archsearch.spec.render.github import github
from archsearch.spec.render.machine import as_json
from archsearch.spec.render.pretty import pretty
from archsearch.spec.render.sarif import sarif
from archsearch.spec.text.diagnostic import Diagnostic

__all__ = ["RENDERERS", "as_json", "concise", "github", "pretty", "sarif", "summary"]

Renderer = Callable[[Sequence[Diagnostic]], str]

RENDERERS: dict[str, Renderer] = {
    "concise": concise,
    "json": as_json,
    "github": github,
    "sarif": sarif,
}


def summary(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """The closing line: ``2 errors, 1 warning in 3 files``.

    Example:
        >>> summary([], 1)
        '1 file, no problems'
    """
    checked = count(files, "file")
    if not diagnostics:
        return f"{checked}, no problems"
    counts = []
    for severity in ("error", "warning"):
        number = sum(item.severity == severity for item in diagnostics)
        if number:
            counts.append(count(number, severity))
    return f"{', '.join(counts)} in {checked}"
