"""What one model's latent is worth, in a sentence: numbers spent, numbers a PCA would need."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from archsearch.records import Curves
from archsearch.report.analysis.trial_table import BETTER, LEAKS, NOT_BETTER

if TYPE_CHECKING:
    from archsearch.report.analysis.findings import TrialRow

__all__ = ["latent_use_sentence", "pca_needs"]

_VERDICTS = {
    BETTER: "A linear code of its size does better: training or the family leave capacity unused.",
    NOT_BETTER: "No linear code of its size does better.",
    LEAKS: "The latent isn’t its only code, so a linear code of the latent’s size is no measure.",
}


def pca_needs(row: TrialRow, curves: Curves | None) -> str:
    """How many PCA components do as well, as words: "about 150", "more than 2,048"; "" unknown.

    Never read past the ends of the measured curve.
    """
    latent_use = row.real("equal_pca")
    if curves is None or not curves.pca or not isfinite(latent_use):
        return ""
    if row.real("val_mse") >= curves.pca[0].val:
        return f"at most {curves.pca[0].components:,}"
    if row.real("val_mse") < min(point.val for point in curves.pca):
        return f"more than {curves.pca[-1].components:,}"
    return f"about {latent_use:,.0f}"


def latent_use_sentence(row: TrialRow, curves: Curves | None) -> str:
    """Numbers spent and what they are worth, the verdict, and how many are used."""
    parts = []
    needs = pca_needs(row, curves)
    size, read = row.whole("latent_size"), row.whole("effective_size")
    if read > size:
        parts.append(
            f"The decoder reads {read:,} numbers: {size:,} of the latent, and encoder layers."
        )
    if row.real("bottleneck_size") < size:
        parts.append(f"Only {row.whole('bottleneck_size'):,} numbers get through the net.")
    if needs:
        parts.append(f"The net uses {read:,} numbers; PCA needs {needs} for the same error.")
    parts.append(_VERDICTS.get(row.text("verdict"), ""))
    if isfinite(row.real("active")) and isfinite(row.real("rank")):
        parts.append(
            f"{row.real('active'):,.0f} latent numbers are active; {row.real('rank'):,.0f} "
            "principal components explain 99 % of the codes’ variance."
        )
    return " ".join(part for part in parts if part)
