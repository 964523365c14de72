"""Draw docs/figures/stratified.png: a stratified design against random ones.

``python docs/figures/stratified.py``
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from archsearch.config import SearchSettings, load_study
from archsearch.space import SearchSpace, draw_design
from archsearch.space.support import factor_label

ROOT = Path(__file__).resolve().parents[2]
OURS, RANDOM = "#0b6e99", "#b8b8b8"


def main() -> None:
    """Draw the design of studies/latent-vs-mse.yaml and write the figure."""
    study = load_study(ROOT / "studies/latent-vs-mse.yaml")
    space = SearchSpace.of(study.settings, study.model)
    design = draw_design(space, SearchSettings(method="stratified", trials=48))
    balance = design.balance
    if balance is None:
        raise RuntimeError("a stratified design has a balance")
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    places = np.arange(len(balance.counts))
    left.bar(places - 0.2, balance.random_counts, 0.4, color=RANDOM, label="mean of 100 random")
    left.bar(places + 0.2, balance.counts, 0.4, color=OURS, label="stratified")
    middles = np.sqrt(np.array(balance.edges[1:]) * np.array(balance.edges[:-1]))
    left.set_xticks(places, [f"{middle:,.0f}" for middle in middles], rotation=60)
    left.set(xlabel="latent size (middle of the stratum)", ylabel="candidates of 48")
    left.legend(frameon=False)
    rows = np.arange(len(balance.correlations))[::-1]
    ours = [abs(value) for value in balance.correlations.values()]
    right.barh(rows + 0.2, list(balance.random.values()), 0.4, color=RANDOM)
    right.barh(rows - 0.2, ours, 0.4, color=OURS)
    for row, value in zip(rows, ours, strict=True):
        right.text(value + 0.01, row - 0.2, f"{value:.2f}", va="center")
    right.set_yticks(rows, [factor_label(name) for name in balance.correlations])
    right.set(xlabel="|rank correlation| with latent size", xlim=(0, 0.8))
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
