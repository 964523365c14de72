"""Error against latent size: the page's main figure, drawn and as data for the script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from archsearch.config import planned
from archsearch.records import PlanRecord, StudyRecord, TrialRecord, Value, known_baselines
from archsearch.report.drawing.labels import LineLabel, place_labels
from archsearch.report.drawing.style import (
    COLORS,
    FAINT,
    INK,
    error_axis,
    figure,
    settle,
    size_axis,
    thinned,
)
from archsearch.report.findings import Findings
from archsearch.report.first_screen.answer import measured
from archsearch.report.sections.blocks import Chart, Drawing
from archsearch.report.sections.trials import MOST_SPECS
from archsearch.report.statistics.factors import label_of
from archsearch.report.statistics.sample import FLOOR, reads_past_latent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["chart", "draw_latent"]

_ERROR = "validation MSE (RGB in [0, 1])"
_MOST_BARS = 250
_ROOM_BELOW = 30


def chart(findings: Findings) -> Chart | None:
    """The scatter of all trials with a result; None where there are none."""
    if findings.shown.empty:
        return None
    several = bool((findings.shown["seeds"] > 1).any())
    drawing = Drawing(
        "latent",
        _title(findings),
        "Scatter of validation error against latent size, one point a net, beside linear codes.",
        ("One point a net, the mean over its seeds; bars span the seeds." if several else "")
        + (f" Hollow: {_hollow(findings)}." if _hollow(findings) else ""),
        lambda: latent_figure(findings),
    )
    return Chart(drawing, lambda: chart_data(findings))


def _title(findings: Findings) -> str:
    answer = findings.answer
    if answer.estimate.value is None or answer.verdict == "too-few":
        return "Error against latent size"
    told = measured(answer)
    if answer.verdict == "searched":
        return f"Trials that a search chose: {told}"
    return told[0].upper() + told[1:]


def _hollow(findings: Findings) -> str:
    """Why points are hollow; "" where none is."""
    return " or ".join(sorted(set(_reasons(findings.shown)) - {""}))


def _reasons(rows: pd.DataFrame) -> pd.Series[str]:
    """Why a point is hollow; "" where it isn't."""
    told = pd.Series("", index=rows.index)
    told[rows["collapsed"]] = "collapsed"
    told[reads_past_latent(rows)] = "reads past its latent"
    return told


def latent_figure(findings: Findings) -> Figure:
    """One point a trial, bars over its seeds, and linear codes of the same size."""
    made, (axes,) = figure(6.4, 4.8)
    place = draw_latent(axes, findings.shown, findings.study)
    settle(made)  # the layout decides how much room there is
    place()
    return made


def draw_latent(axes: Axes, shown: pd.DataFrame, study: StudyRecord) -> Callable[[], None]:
    """Draw error against latent size, one point a trial, with the linear codes of the study.

    Args:
        axes: to draw on.
        shown: the trials, as ``Findings.shown`` has them; at least one.
        study: theirs.

    Returns:
        What writes the names beside the lines, once the axes have their place.
    """
    import seaborn as sns

    error, hollow = shown["val_mse"].clip(lower=FLOOR), (_reasons(shown) != "").to_numpy()
    size = thinned(len(shown), most=46, least=10)
    if len(shown) <= _MOST_BARS:
        low, high = shown["low"].clip(lower=FLOOR), shown["high"].clip(lower=FLOOR)
        axes.vlines(shown["latent_size"], low, high, color=COLORS[0], lw=1.2)
    sns.scatterplot(
        x=shown["latent_size"][~hollow], y=error[~hollow], ax=axes, s=size, color=COLORS[0],
        alpha=thinned(len(shown), most=0.95, least=0.5), linewidth=0, zorder=3, legend=False,
    )  # fmt: skip
    if hollow.any():
        axes.scatter(
            shown["latent_size"][hollow], error[hollow], s=size + 8, facecolors="none",
            edgecolors=COLORS[0], zorder=3,
        )  # fmt: skip
    _frame(axes, shown)
    labels = [_draw_line(axes, line) for line in _lines(shown, study)]
    error_axis(axes, _ERROR)
    size_axis(axes, "latent size (numbers a picture)")
    points = list(zip(shown["latent_size"], error, strict=True))
    return partial(place_labels, axes, labels, points)


def _frame(axes: Axes, shown: pd.DataFrame) -> None:
    """Limits by the trials and a little below, wherever the linear codes go."""
    sizes = shown["latent_size"]
    low, high = shown["low"].clip(lower=FLOOR).min(), shown["high"].clip(lower=FLOOR).max()
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(sizes.min() / 1.6, sizes.max() * 1.6)
    axes.set_ylim(max(low / _ROOM_BELOW**0.5, FLOOR / 2), high * 1.6)


def _draw_line(axes: Axes, line: _Line) -> LineLabel:
    """Draw a linear code over its size, or what has no size, and say what it is called."""
    if not line.size:
        level = max(line.points[0][1], FLOOR)
        axes.axhline(level, color=FAINT, lw=1.3, zorder=1)
        ends = np.geomspace(*axes.get_xlim(), 30).tolist()
        return LineLabel(line.label, ends, [level] * len(ends), INK)
    sizes, errors = (np.array(part) for part in zip(*line.points, strict=True))
    errors = np.maximum(errors, FLOOR)
    axes.plot(
        sizes, errors, color=COLORS[4], lw=0 if line.marks else 1.8,
        marker="_" if line.marks else None, ms=9, mew=1.8, zorder=1.5,
    )  # fmt: skip
    return LineLabel(line.label, sizes.tolist(), errors.tolist(), COLORS[4])


class _Line(NamedTuple):
    """Errors over latent size, as a line or as marks; or one error where ``size`` is false."""

    label: str
    size: bool
    points: list[tuple[float, float]]
    marks: bool = False

    def to_json(self) -> dict[str, object]:
        """As the page's script takes it."""
        if not self.size:
            return {"label": self.label, "level": self.points[0][1]}
        points = [list(point) for point in self.points]
        return {"label": self.label, "size": "latent_size", "points": points, "marks": self.marks}


def _lines(shown: pd.DataFrame, study: StudyRecord) -> Iterator[_Line]:
    """What nets are compared with: linear codes over their size, and what has no size."""
    curves = study.curves
    if curves is not None and curves.pca:
        low, high = shown["latent_size"].min() / 2, shown["latent_size"].max() * 2
        points = [(float(p.components), p.val) for p in curves.pca if low <= p.components <= high]
        if points:
            yield _Line("PCA of the same size", True, points)
    for baseline in known_baselines(result.baselines for result in study.results):
        known = shown.dropna(subset=f"{baseline.name}_val")
        errors = known[f"{baseline.name}_val"]
        if errors.empty or (baseline.name == "patch_pca" and _in_one_place(known)):
            continue
        if not baseline.size:
            yield _Line(baseline.label, False, [(0.0, float(errors.iloc[0]))])
        elif baseline.size != "bottleneck.size" and not (baseline.name == "pca" and curves):
            pairs = sorted(set(zip(known["latent_size"], errors, strict=True)))
            points = [(float(size), float(error)) for size, error in pairs]
            label = f"{baseline.label} of the same size"
            yield _Line(label, True, points, marks=baseline.name != "pca")


def _in_one_place(rows: pd.DataFrame) -> bool:
    """Whether each latent has height and width 1, for which a patch is the picture."""
    return bool((rows[["latent_height", "latent_width"]] == 1).all(axis=None))


def chart_data(findings: Findings) -> dict[str, object]:
    """Everything that the page's script draws, in columns; missing numbers are None."""
    shown, subject = findings.shown, findings.subject
    numbers = [int(number) for number in shown["number"]]
    by_number = {trial.number: trial for trial in findings.study.trials}
    trials = [by_number[number] for number in numbers]
    detailed = [number for number in findings.ranked if number in set(numbers)][:MOST_SPECS]
    return {
        "noun": subject.noun,
        "numbers": numbers,
        "names": [subject.called(number) for number in numbers] if subject.names else None,
        "sizes": [
            {"key": each.column, "label": each.title, "values": _column(shown[each.column])}
            for each in planned("correlated")
            if shown[each.column].notna().any()
        ],
        "error": {
            "label": _ERROR,
            "mean": _column(shown["val_mse"]),
            "low": _column(shown["low"]),
            "high": _column(shown["high"]),
            "seeds": _column(shown["seeds"]),
        },
        "test": _column(shown["test_mse"]),
        "hollow": _reasons(shown).tolist(),
        "shape": [trial.plan.latent_shape if trial.plan else "" for trial in trials],
        "choices": list(_choices(trials)),
        "lines": [line.to_json() for line in _lines(shown, findings.study)],
        "layers": {str(n): _layers(by_number[n].plan) for n in detailed},
        "specs": {str(n): _spec(by_number[n].plan) for n in detailed},
        "family": findings.study.model_text,
        "best": findings.best,
    }


def _column(values: pd.Series[float]) -> list[float | int | None]:
    """Numbers with eight digits: of which three, as tables have them, are the same."""
    return [_short(float(value)) for value in values]


def _short(value: float) -> float | int | None:
    if not isfinite(value):
        return None
    return int(value) if value.is_integer() else float(f"{value:.8g}")


def _choices(trials: list[TrialRecord]) -> Iterator[dict[str, object]]:
    names = dict.fromkeys(name for trial in trials for name in trial.values)
    for name in names:
        values = [trial.values.get(name) for trial in trials]
        if all(_is_number(value) for value in values if value is not None):
            yield {"key": name, "label": name, "values": values}
            continue
        texts = [None if value is None else label_of(value) for value in values]
        levels = sorted({text for text in texts if text is not None})
        places = [None if text is None else levels.index(text) for text in texts]
        yield {"key": name, "label": name, "levels": levels, "values": places}


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _layers(plan: PlanRecord | None) -> str:
    """The net in a line: kinds, with what comes out where layers have weights.

    Example:
        >>> _layers(None)
        ''
    """
    if plan is None:
        return ""
    told = [
        f"{layer.kind} {layer.output[0]}" if layer.params else layer.kind for layer in plan.layers
    ]
    return " → ".join(told)


def _spec(plan: PlanRecord | None) -> str:
    return plan.spec if plan else ""
