"""One choice of the nine-layer net at a time: what it does to the error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from exercise import results
from exercise.estimates import Mean, change_with_interval, mean, mse

REPORT = "nine-layer-factors"
NONE = "none"


def answer(reports: Path) -> list[str]:
    """Each change with its error and what it does to that of the nine-layer net."""
    table = effects(reports)
    lines = [
        "| change | latent | parameters | test MSE | change of the error |",
        "|---|---|---|---|---|",
    ]
    for _, row in table.iterrows():
        effect = "" if row["change"] == NONE else change_with_interval(row["effect"])
        name = "the nine-layer net" if row["change"] == NONE else row["change"]
        fields = [name, f"{row['latent_size']:,}", f"{row['params']:,}", mse(row["test_mse"])]
        lines.append(f"| {' | '.join([*fields, effect])} |")
    return [_told(table), "", *lines]


def effects(reports: Path) -> pd.DataFrame:
    """A row for each net, the lowest error first: ``effect`` is the mean log ratio over seeds."""
    table = results.trials(reports / REPORT)
    table = table.assign(change=[_change(row) for _, row in table.iterrows()])
    base = table[table["change"] == NONE].set_index("seed")["test_mse"]
    rows = []
    for name, group in table.groupby("change"):
        errors = group.set_index("seed")["test_mse"]
        ratios = np.log(errors / base).dropna()
        row = group.iloc[0][["latent_size", "params"]].to_dict()
        row |= {"change": name, "test_mse": errors.mean(), "effect": mean(ratios)}
        rows.append(row)
    return pd.DataFrame(rows).sort_values("test_mse", ignore_index=True)


def _change(row: pd.Series) -> str:
    factor = row["space.factor"]
    if factor == NONE:
        return NONE
    column = next(
        c
        for c in row.index
        if c.startswith("space.") and c.endswith(str(factor)) and c != "space.factor"
    )
    value = row[column]
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{str(factor).replace('_', ' ')} {shown}"


def _told(table: pd.DataFrame) -> str:
    changed = table[table["change"] != NONE]
    helps = [_clear(row) for _, row in changed.iterrows() if _sign(row["effect"]) < 0]
    hurts = [_clear(row) for _, row in changed[::-1].iterrows() if _sign(row["effect"]) > 0]
    told = []
    if helps:
        told.append(f"These changes lower the error: {', '.join(helps)}.")
    if hurts:
        told.append(f"These raise it: {', '.join(hurts)}.")
    rest = len(changed) - len(helps) - len(hurts)
    if rest:
        told.append(f"Of the {'other ' if told else ''}{rest} changes no effect is shown.")
    return " ".join(told)


def _clear(row: pd.Series) -> str:
    return f"{row['change']} ({change_with_interval(row['effect']).split(' (')[0]})"


def _sign(effect: Mean) -> int:
    if effect.low is None or effect.high is None:
        return 0
    return int(effect.low > 0) - int(effect.high < 0)


def draw(reports: Path, axes: Axes) -> None:
    """The change of the error by each net, with its interval."""
    table = effects(reports)
    table = table[table["change"] != NONE][::-1].reset_index(drop=True)
    for place, effect in enumerate(table["effect"]):
        shown = 100 * np.expm1(effect.value)
        axes.plot(shown, place, "o", color="C0")
        if effect.low is not None and effect.high is not None:
            ends = 100 * np.expm1([effect.low, effect.high])
            axes.plot(ends, [place, place], "-", color="C0", alpha=0.6)
    axes.axvline(0, color="0.6", linewidth=0.8)
    axes.set_yticks(range(len(table)), table["change"])
    axes.set(xlabel="change of the test MSE (%)")
