"""How much of their latents the nets use, and what a linear code makes of as many numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import isfinite
from typing import TYPE_CHECKING

import pandas as pd

from archsearch.printable import count
from archsearch.records import Curves
from archsearch.report.drawing.style import (
    COLORS,
    FAINT,
    INK,
    figure,
    legend_below,
    plain,
    size_axis,
    thinned,
)
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import (
    Block,
    Cell,
    Column,
    Drawing,
    Facts,
    Row,
    Section,
    Table,
    Text,
)
from archsearch.report.statistics.sample import reads_past_latent
from archsearch.report.trial_table import BETTER, LEAKS, NOT_BETTER, beyond_pca

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["latent_use_figure", "pca_needs", "section"]

_MOST_ROWS = 50
_CODES = ("active", "rank")
_VERDICTS = {BETTER: "better", NOT_BETTER: "not better", LEAKS: LEAKS}


def section(
    shown: pd.DataFrame, best: int | None, curves: Curves | None, called: Callable[[int], str]
) -> Section | None:
    """Linear codes, latent numbers in use, and a row a net; None where none of it is known.

    Args:
        shown: one row a trial with a result, of :func:`archsearch.report.trial_table.trial_table`.
        best: the number of the net that is called the best.
        curves: PCA's errors over its size.
        called: gives a trial's name.
    """
    alive = shown[~shown["collapsed"]]
    said = _against_linear_codes(alive)
    facts = (*_best(shown, best, curves), *_rounding(alive))
    blocks: list[Block] = [Text(said)] if said else []
    blocks += [Facts(facts)] if facts else []
    blocks += [*_drawing(alive), *_table(shown, curves, called)]
    return Section("latent-use", "Use of the latent", tuple(blocks)) if blocks else None


def pca_needs(val_mse: float, equal_pca: float, curves: Curves | None) -> str:
    """How many PCA components do as well, as words; "" unknown.

    Never read past the ends of the measured curve.

    Example:
        >>> curves = Curves(pca=((16, 0.04, 0.04), (64, 0.01, 0.01)))
        >>> pca_needs(0.02, 32.0, curves), pca_needs(0.001, 64.0, curves)
        ('about 32', 'more than 64')
    """
    if curves is None or not curves.pca or not isfinite(equal_pca):
        return ""
    words = {-1: "at most", 0: "about", 1: "more than"}
    return f"{words[beyond_pca(curves, val_mse)]} {equal_pca:,.0f}"


def _against_linear_codes(alive: pd.DataFrame) -> str:
    """How many nets a linear code of the same size beats, and what that means."""
    judged = alive[alive["verdict"].isin(_VERDICTS)]
    leaks = reads_past_latent(judged)
    own = judged[~leaks]
    return " ".join([*_compared(own), *_not_compared(int(leaks.sum()), own)])


def _compared(own: pd.DataFrame) -> Iterator[str]:
    if own.empty:
        return
    beaten = int((own["verdict"] == BETTER).sum())
    of = f"{beaten} of {count(len(own), 'net')}"
    if own["linear_val"].notna().any():
        yield f"The best linear map from the input, through as many numbers, beats {of}."
    else:
        by_pca = int((own["pca_val"] < own["val_mse"]).sum())
        by_patch = int((own["patch_pca_val"] < own["val_mse"]).sum())
        yield f"A linear code of the same size beats {of} (PCA {by_pca}, patch PCA {by_patch})."
    if beaten:
        yield (
            "There nets or training leave capacity unused, which doesn’t mean that size has no "
            "effect."
        )


def _not_compared(leaking: int, own: pd.DataFrame) -> Iterator[str]:
    """Nets with a second path, which a code of the latent's size is no measure for."""
    merged = int((own["verdict"] == LEAKS).sum())
    if merged:
        yield f"For {merged} the comparison isn’t fair: the exact luminance is merged in."
    if leaking:
        yield (
            f"For {leaking} that also read encoder layers it isn’t fair, and they aren’t counted."
        )


def _best(
    shown: pd.DataFrame, best: int | None, curves: Curves | None
) -> Iterator[tuple[str, str]]:
    """How many PCA components do as well as the best net."""
    rows = shown[shown["number"] == best]
    needs = _needs(rows.iloc[0], curves) if len(rows) else ""
    if needs:
        size = rows["latent_size"].iloc[0]
        noun = "number" if needs == "at most 1" else "numbers"
        yield "the best net’s error", f"PCA needs {needs} {noun}, the net {size:,.0f}"


def _needs(row: pd.Series[float], curves: Curves | None) -> str:
    return pca_needs(float(row["val_mse"]), float(row["equal_pca"]), curves)


def _rounding(alive: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """What rounding the codes does to the error of the median net."""
    rounded = alive.dropna(subset=["code_mse", "mse_8bit", "mse_4bit"])
    for bits in (8, 4) if len(rounded) else ():
        cost = 100 * (rounded[f"mse_{bits}bit"] / rounded["code_mse"] - 1).median()
        yield f"codes rounded to {bits} bits", f"median error {_signed(cost)}"


def _drawing(alive: pd.DataFrame) -> Iterator[Drawing]:
    measured = alive.dropna(subset=list(_CODES))
    if measured.empty:
        return
    active, rank = (100 * (measured[c] / measured["latent_size"]).median() for c in _CODES)
    yield Drawing(
        "latent-use",
        f"In the median net {active:.0f} % of the latent’s numbers are active; the codes’ rank is "
        f"{rank:.0f} %",
        "Active latent numbers and the codes’ principal components against latent size.",
        "Rank: principal components that explain 99 % of the codes’ variance.",
        lambda: latent_use_figure(measured),
    )


def latent_use_figure(measured: pd.DataFrame) -> Figure:
    """Active numbers and rank of the codes over latent size, below the line of all numbers.

    Args:
        measured: with latent_size, active and rank.
    """
    import seaborn as sns
    from matplotlib.ticker import FuncFormatter

    names = {"active": "active numbers", "rank": "rank of the codes"}
    long = measured.rename(columns=names).melt(
        id_vars="latent_size", value_vars=list(names.values()), var_name="what", value_name="used"
    )
    made, (axes,) = figure(5.6, 3.8)
    n = len(measured)
    sns.scatterplot(
        data=long, x="latent_size", y="used", hue="what", style="what", ax=axes,
        palette=[COLORS[0], COLORS[4]], linewidth=0, s=thinned(n, most=40, least=10),
        alpha=thinned(n, most=0.9, least=0.5),
    )  # fmt: skip
    ends = [measured["latent_size"].min(), measured["latent_size"].max()]
    axes.plot(ends, ends, color=FAINT, lw=1.3, zorder=1)
    axes.annotate(
        "all numbers", (ends[1], ends[1]), xytext=(-4, 2), textcoords="offset points", ha="right",
        fontsize=8.5, color=INK,
    )  # fmt: skip
    axes.set_yscale("log", base=2)
    axes.yaxis.set_major_formatter(FuncFormatter(plain))
    axes.set_ylabel("numbers in use")
    size_axis(axes, "latent size (numbers a picture)")
    legend_below(made, axes, columns=2)
    return made


def _table(
    shown: pd.DataFrame, curves: Curves | None, called: Callable[[int], str]
) -> Iterator[Table]:
    """A row for each of the best nets; columns that nobody has are left out."""
    rows = shown.sort_values(["val_mse", "number"]).head(_MOST_ROWS)
    columns = [column for column in _columns(rows, curves) if any(cell.text for cell in column[1])]
    if not columns or not any(head.name in _WORTH for head, _ in columns):
        return
    title = f"The best {_MOST_ROWS} nets" if len(shown) > len(rows) else ""
    numbers = [int(number) for number in rows["number"]]
    names = [Cell(called(number), sort=number) for number in numbers]
    yield Table(
        "latent-use",
        title,
        (Column("net", words=True), *(head for head, _ in columns)),
        tuple(
            Row((name, *cells), number)
            for name, number, *cells in zip(
                names, numbers, *(cells for _, cells in columns), strict=True
            )
        ),
        sortable=True,
    )


_WORTH = frozenset({"PCA needs", "linear code", "active", "rank"})


def _columns(rows: pd.DataFrame, curves: Curves | None) -> Iterator[tuple[Column, list[Cell]]]:
    latent, read = rows["latent_size"], rows["effective_size"]
    passing = rows["bottleneck_size"]
    yield Column("val MSE", "mean over seeds"), [Cell(error(e), sort=e) for e in rows["val_mse"]]
    yield Column("latent", "numbers a picture"), _whole(latent)
    yield Column("read", "numbers that the decoder reads"), _whole(read.where(read > latent))
    yield (
        Column("get through", "numbers in the bottleneck"),
        _whole(passing.where(passing < latent)),
    )
    narrow = [error(e) if isfinite(e) else "" for e in rows["pca_bottleneck_val"]]
    yield (
        Column("bottleneck PCA", "validation MSE of PCA of as many numbers as get through"),
        _sorted_by(narrow, rows["pca_bottleneck_val"]),
    )
    needs = [_needs(row, curves) for _, row in rows.iterrows()]
    yield Column("PCA needs", "numbers, for the same error"), _sorted_by(needs, rows["equal_pca"])
    verdicts = [_VERDICTS.get(str(verdict), "") for verdict in rows["verdict"]]
    yield Column("linear code", "of the same size", words=True), list(map(Cell, verdicts))
    yield Column("active", "latent numbers that vary over 1 % of the most"), _whole(rows["active"])
    yield Column("rank", "components that explain 99 % of the codes"), _whole(rows["rank"])
    for bits in (8, 4):
        cost = rows[f"mse_{bits}bit"] / rows["code_mse"] - 1
        texts = [_signed(100 * each) if isfinite(each) else "" for each in cost]
        yield (
            Column(f"{bits} bit", "what rounding the codes adds to the error"),
            _sorted_by(texts, cost),
        )


def _whole(values: pd.Series[float]) -> list[Cell]:
    return [Cell(f"{each:,.0f}", sort=each) if isfinite(each) else Cell("") for each in values]


def _sorted_by(texts: list[str], values: pd.Series[float]) -> list[Cell]:
    return [
        Cell(text, sort=value) if text and isfinite(value) else Cell(text)
        for text, value in zip(texts, values, strict=True)
    ]


def _signed(cost: float) -> str:
    """A change in percent with its sign; what rounds to nothing is no minus."""
    return f"{round(cost, 1) + 0.0:+.1f} %".replace("-", "−")
