"""An opening on the best net, for pages that can't answer what latent size does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from archsearch.report.findings import Findings
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import Block, Section, Text

__all__ = ["led_by_best"]

_CLOSE = 1.05


def led_by_best(answer: Section, findings: Findings) -> Section:
    """The same opening, which net is best first and why nothing is said of sizes last."""
    told = _lead(findings)
    if not told:
        return answer
    first, *others = answer.blocks
    title = "Which net is best?" if len(findings.ranked) > 1 else "How good is this net?"
    return replace(answer, title=title, blocks=(Text(told), *others, *_of_latents(first)))


def _of_latents(answer: Block) -> Iterator[Text]:
    """Why nothing is said of latent size and error, where another sentence leads."""
    if isinstance(answer, Text):
        yield Text(f"No answer on latent size: {answer.text.partition(': ')[2]}")


def _lead(findings: Findings) -> str:
    """The best net, and how far the next one is behind; "" where none was measured."""
    if not findings.ranked:
        return ""
    best, *others = findings.ranked
    row, name = findings.trial(best), findings.subject.heading(best)
    mean = "mean " if row.whole("seeds") > 1 else ""
    value = error(row.real("val_mse"))
    if not others:
        size = f"{row.whole('latent_size'):,}"
        return f"{name} has a {mean}validation error of {value}, with a latent of {size} numbers."
    told = f"{name} has the lowest {mean}validation error, {value}"
    next_row = findings.trial(others[0])
    ratio = next_row.real("val_mse") / max(row.real("val_mse"), 1e-12)
    told += f"; {findings.subject.called(others[0])} has {ratio:.2f} times that"
    if ratio < _CLOSE or next_row.real("low") <= row.real("high"):
        return f"{told}: so small a difference may be the seed’s."
    return f"{told}."
