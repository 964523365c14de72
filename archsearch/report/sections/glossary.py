"""Terms that a student may not know, each in a sentence; texts are linked to them."""

from __future__ import annotations

from archsearch.report.sections.blocks import Section, Term, Terms

__all__ = ["TERMS", "section"]

TERMS = (
    Term("latent", "The numbers that a net codes a picture in, and rebuilds it from."),
    Term(
        "bottleneck",
        "The narrowest place that everything must pass; it may be narrower than the latent.",
    ),
    Term("MSE", "Mean squared error over pixels and channels, colors in [0, 1]."),
    Term(
        "rank correlation",
        "Spearman’s ρ: from −1 to 1, how well order by size predicts order by error.",
        ("Spearman’s ρ", "Spearman ρ"),
    ),
    Term(
        "95 % interval",
        "Values that the data leave open; the truth lies in 95 of 100 such intervals.",
    ),
    Term("partial correlation", "A correlation among nets that are alike in other sizes."),
    Term("trunk", "All of a net but the size of its code."),
    Term("PCA", "The best linear code of as many numbers."),
    Term("patch PCA", "The best linear code of each patch, of the latent’s own shape."),
    Term("Pareto front", "The nets that no other beats in everything at once."),
    Term("collapsed", "The same output for every picture."),
    Term("seed", "The start of all random numbers of a training; others give other results."),
)


def section() -> Section:
    """The glossary."""
    return Section("glossary", "Glossary", (Terms(TERMS),))
