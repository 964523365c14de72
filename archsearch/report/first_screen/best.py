"""The best nets, and the reference net if it is among them."""

from __future__ import annotations

from math import isfinite

from archsearch.records import PlanRecord
from archsearch.report.findings import Findings, TrialRow
from archsearch.report.first_screen.reference import is_reference
from archsearch.report.formatting import error
from archsearch.report.sections.blocks import Cell, Column, Row, Section, Table, Text
from archsearch.report.statistics.sample import reads_past_latent

__all__ = ["section"]

_ROWS = 3
_COLUMNS = (
    Column("net", words=True),
    Column("latent", "numbers a picture"),
    Column("parameters"),
    Column("val MSE", "mean over seeds"),
    Column("test MSE", "mean over seeds; nothing was chosen by it"),
)
_PCA = Column("PCA", "validation MSE of PCA with as many numbers as the latent")


def section(findings: Findings) -> Section | None:
    """Three rows, and one for the reference net; None without a complete net."""
    ranked = findings.ranked
    plans = {trial.number: trial.plan for trial in findings.study.trials}
    reference = [n for n in ranked if (plan := plans[n]) is not None and is_reference(plan)]
    numbers = list(dict.fromkeys([*ranked[:_ROWS], *reference[:1]]))
    if not numbers:
        return None
    rows_of = [findings.trial(number) for number in numbers]
    judged = any(isfinite(row.real("pca_val")) for row in rows_of)
    rows = tuple(_row(findings, n, plans[n], n in reference[:1], judged) for n in numbers)
    columns = (*_COLUMNS, _PCA) if judged else _COLUMNS
    blocks: list[Text | Table] = [Table("best", "", columns, rows)]
    if all("reads past its latent" in _reason(row) for row in rows_of):
        blocks.append(Text("Every net reads past its latent: the latent isn’t its only code."))
    if _close(findings, rows_of):
        blocks.append(Text("Their seeds don’t tell the first two apart."))
    left = _leaking(findings)
    if left:
        blocks.append(Text(left))
    title = "The best nets" if not any(map(_reason, rows_of)) else "The nets with the lowest errors"
    return Section("best", title, tuple(blocks), open=True)


def _row(
    findings: Findings, number: int, plan: PlanRecord | None, reference: bool, judged: bool
) -> Row:
    row = findings.trial(number)
    told = ["the nine-layer reference net"] if reference else []
    errors = ["val_mse", "test_mse", *(["pca_val"] if judged else [])]
    return Row(
        (
            Cell(findings.subject.heading(number), "; ".join([*told, *_reason(row)])),
            Cell(f"{row.whole('latent_size'):,}", plan.latent_shape if plan else ""),
            Cell(f"{row.whole('params'):,}"),
            *(Cell(error(v) if isfinite(v := row.real(name)) else "–") for name in errors),
        ),
        number,
        "reference" if reference else "",
    )


def _close(findings: Findings, rows: list[TrialRow]) -> bool:
    """Whether the second net's lead over the first is within the noise of seeds."""
    noise = findings.noise.kept
    if noise is None or len(rows) < 2:
        return False
    first, second = (row.real("val_mse") for row in rows[:2])
    return second < noise.discernible * first


def _reason(row: TrialRow) -> list[str]:
    """Why the net isn't one of the best, whatever its error is; empty where it may be."""
    told = ["collapsed"] if row.cells["collapsed"] else []
    leaks = row.real("effective_size") > row.real("latent_size")
    return [*told, *(["reads past its latent"] if leaks else [])]


def _leaking(findings: Findings) -> str:
    """That nets with skips are better, where they are: they never win here."""
    rows = findings.trials
    complete = rows[(rows["state"] == "complete") & rows["val_mse"].notna()]
    leaks = complete[reads_past_latent(complete)]
    best = findings.best
    told = findings.colors is not None  # its table says so of each variant
    if best is None or told or leaks.empty or len(leaks) == len(complete):
        return ""
    number = int(leaks.sort_values("val_mse")["number"].iloc[0])
    value = leaks["val_mse"].min()
    if value >= findings.trial(best).real("val_mse"):
        return ""
    return (
        f"{findings.subject.heading(number)} has a lower mean error ({error(value)}), but its "
        "decoder also reads encoder layers: its latent isn’t its only code."
    )
