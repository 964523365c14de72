"""Terms that a student may not know; texts are linked to them, ``docs/glossary.md`` has more."""

from __future__ import annotations

from archsearch.report.sections.blocks import Section, Term, Terms

__all__ = ["TERMS", "section"]

_CORRELATION = "Spearman ρ: how well sizes order the errors, from −1 to 1; 0 is not at all"
TERMS = (
    Term("95 % interval", "made so that 95 of 100 contain the true value", ("95 % intervals",)),
    Term("bottleneck", "the fewest numbers through which all information passes"),
    Term("collapsed", "with the same output for every picture"),
    Term("corrected p", "made larger, as some of many comparisons look strong by chance"),
    Term("knee", "the size at which the slope of error on size changes"),
    Term("latent", "the numbers from which a decoder rebuilds a picture"),
    Term("MACs", "multiplications with additions for one picture: computing cost"),
    Term("MSE", "mean squared error over pixels and channels, colors from 0 to 1"),
    Term("p", "how often chance alone gives a relation at least as strong"),
    Term("Pareto front", "nets that no other equals in all objectives and beats in one"),
    Term("partial correlation", "a correlation among nets alike in other sizes"),
    Term("patch PCA", "PCA of patches of a picture, in the shape of the latent"),
    Term("PCA", "the best linear code: one matrix makes its numbers, another the picture"),
    Term(
        "rank correlation",
        _CORRELATION,
        ("Rank correlation", "Spearman’s ρ", "Spearman ρ", "Spearman", "ρ"),
    ),
    Term("seed", "a number that fixes random choices", ("seeds",)),
    Term("trunk", "a net without the size of its code, and what follows from it", ("trunks",)),
)
"""By name. ``docs/generate.py`` writes the same words into ``docs/glossary.md``."""


def section() -> Section:
    """The glossary."""
    return Section("glossary", "Glossary", (Terms(TERMS),))
