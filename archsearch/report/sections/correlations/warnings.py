"""What limits the correlations: too few nets, sizes tied to others, codes besides the latent."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from archsearch.printable import count
from archsearch.report.formatting import decimal
from archsearch.report.sections.blocks import ReportWarning
from archsearch.report.sections.correlations.numbers import SizeCorrelations
from archsearch.report.statistics.intervals import FEWEST
from archsearch.report.statistics.rank import spearman
from archsearch.report.statistics.rivals import RIVALS
from archsearch.report.statistics.sample import Sample, reads_past_latent

__all__ = ["confounders", "size_warnings"]

_WIDE = 12
_CONFOUNDED = 0.8


def size_warnings(found: SizeCorrelations, sample: Sample) -> Iterator[ReportWarning]:
    """The warnings.

    Args:
        found: of the nets in ``sample`` whose latent is their only code.
        sample: all runs that statistics may use.
    """
    coded = sample.through_latent().architectures()
    yield from _about_the_tasks(sample)
    yield from _about_the_count(len(coded))
    yield from _about_the_latent(coded, found)
    yield from _about_skips(sample.architectures())
    yield from _about_the_bottleneck(coded)


def confounders(architectures: pd.DataFrame) -> dict[str, float]:
    """Sizes that latent size is tied to, by label, with Spearman's ρ.

    Parameters and MACs follow from the latent at a given trunk: they confound nothing.

    Args:
        architectures: one row each, with latent_size, latent_area and encoder_depth.
    """
    sizes = architectures["latent_size"]
    columns = architectures[["latent_area", "encoder_depth"]]
    if sizes.nunique() < 2:
        return {}
    tied = {str(n): spearman(sizes, c) for n, c in columns.items() if c.nunique() > 1}
    return {RIVALS[name]: rho for name, rho in tied.items() if abs(rho) > _CONFOUNDED}


def _about_the_tasks(sample: Sample) -> Iterator[ReportWarning]:
    tasks = sorted(sample.runs["task"].dropna().unique().tolist())
    if len(tasks) > 1:
        yield ReportWarning(
            "mixed-tasks",
            f"Trials have {len(tasks)} tasks ({', '.join(tasks)}), and the task itself changes the "
            "error: only correlations within a task show the effect of the latent.",
        )


def _about_the_count(n: int) -> Iterator[ReportWarning]:
    if n < FEWEST:
        yield ReportWarning(
            "too-few-architectures",
            f"{count(n, 'architecture') if n else 'No architecture'} with a result whose latent is "
            f"the only code. A correlation needs at least {FEWEST}.",
        )
    elif n < _WIDE:
        yield ReportWarning("few-architectures", f"Only {n} architectures: the intervals are wide.")


def _about_the_latent(table: pd.DataFrame, found: SizeCorrelations) -> Iterator[ReportWarning]:
    if len(table) < FEWEST:
        return
    sizes = table["latent_size"]
    if sizes.nunique() == 1:
        yield ReportWarning(
            "constant-latent",
            f"All architectures have the same latent size ({sizes.iloc[0]:,.0f}): its effect "
            "can’t be seen.",
        )
        return
    tied = [f"{name} (ρ = {decimal(rho)})" for name, rho in confounders(table).items()]
    if tied:
        yield ReportWarning(
            "confounded",
            f"Latent size correlates with {' and '.join(tied)}: their effects can’t be separated.",
        )
    if found.partial.value is None:
        yield ReportWarning(
            "partial-undetermined",
            "No correlation with other sizes equal: too few architectures, or the others determine "
            "the latent size.",
        )


def _about_skips(table: pd.DataFrame) -> Iterator[ReportWarning]:
    leaky = table[reads_past_latent(table)]
    if len(leaky):
        low, high = leaky["effective_size"].min(), leaky["effective_size"].max()
        read = f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
        yield ReportWarning(
            "leak-past-latent",
            f"In {len(leaky)} of {count(len(table), 'architecture')} the decoder also reads "
            f"encoder layers ({read} numbers in all). The latent isn’t the only code there, so "
            "latent size is judged without them.",
        )


def _about_the_bottleneck(table: pd.DataFrame) -> Iterator[ReportWarning]:
    narrow = table[table["bottleneck_size"] < table["latent_size"]]
    if len(narrow):
        yield ReportWarning(
            "bottleneck-before-latent",
            f"In {len(narrow)} of {count(len(table), 'architecture')} the bottleneck is narrower "
            "than the latent: there the latent size doesn’t limit the information.",
        )
