"""One choice of the nine-layer net at a time: what it does to the error."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from archsearch.config import load
from exercise import results
from exercise.estimates import Mean, change, change_with_interval, mean, mse
from exercise.markdown import table
from exercise.questions.sizes import SPEC

REPORT, ACTIVATIONS = "nine-layer-factors", "latent-activation"
NONE = "none"
FACTOR = "space.factor"
NINE_LAYERS = (
    "The nine-layer net has 2 levels, each with 1 convolution and a max pooling that halves the "
    "picture; 8 channels in the first layer and 16 in the latent; 3×3 kernels; ReLU after all but "
    "the last, and on the latent; nearest upsampling; padding that keeps the size (`same`); no "
    "norm; and MSE as the loss. Each row changes one of these; the second layer's channels are "
    "always half as many again as the first's. All that gets into the latent passes the narrowest "
    "place."
)
WORDS = {
    "convs": "convolutions a level",
    "channels": "channels in the first layer",
    "latent channels": "channels in the latent",
    "latent activation": "activation of the latent",
    "down": "halving by",
    "up": "upsampling",
    "borders": "padding",
}
"""What the study's factors are called here, where they are called otherwise."""
HEAD = (
    "change", "latent", "narrowest place", "parameters", "test MSE",
    "change of the error (interval)",
)  # fmt: skip


def answer(reports: Path) -> list[str]:
    """Each change with its error and what it does to that of the nine-layer net."""
    nets = effects(reports)
    rows = [_row(net) for _, net in nets.iterrows()]
    told = [_told(nets), *_larger(nets), *_fewer_pictures(reports, nets)]
    lines = [NINE_LAYERS, "", " ".join(told), "", *table(HEAD, rows)]
    return [*lines, *_activations(reports)]


def _activations(reports: Path) -> list[str]:
    """What an activation on the latent does in other nets, by pairs of equal size and seed."""
    if not (reports / ACTIVATIONS).exists():
        return []
    trials = results.trials(reports / ACTIVATIONS)
    sizes = sorted(int(size) for size in trials["latent_size"].unique())
    pairs = ["space.latent_channels", "seed"]
    errors = trials.pivot_table(index=pairs, columns="space.latent_activation", values="test_mse")
    logs = np.log(errors.drop(columns=NONE).div(errors[NONE], axis=0))
    effects = {str(name): mean(logs[name].dropna()) for name in logs}
    told = ", ".join(f"{name} {change_with_interval(effects[name])}" for name in effects)
    worse = all(_sign(effect) > 0 for effect in effects.values())
    return [
        "",
        "Should the latent have an activation? That was asked again of nets of another family, "
        f"with latents of {', '.join(f'{size:,}' for size in sizes[:-1])} and {sizes[-1]:,} "
        f"numbers, whose other layers have ReLU. {'Best is none. ' if worse else ''}Each of these "
        f"changes the error of a net without one: {told}; means over {len(errors)} pairs of equal "
        "size and seed.",
    ]


def _larger(nets: pd.DataFrame) -> Iterator[str]:
    """Which nets have a latent that is larger than the picture."""
    picture = load(SPEC).plan().input.elements
    for _, net in nets[nets["latent_size"] > picture].iterrows():
        size, feed = net["latent_size"], net["bottleneck_size"]
        less = f"Only {feed:,} feed it, so it holds no more than those."
        told = less if feed < picture else "It needn't compress anything."
        yield (
            f"“{net['change']}” has {size:,} numbers in its latent, more than the picture's "
            f"{picture:,}. {told}"
        )


def _fewer_pictures(reports: Path, nets: pd.DataFrame) -> Iterator[str]:
    """Why the nine-layer net has another error than in the first question."""
    first = reports / "nine-layer"
    own = results.pictures_of(reports / REPORT)
    if first.exists() and own != (there := results.pictures_of(first)):
        error = nets[nets["change"] == NONE]["test_mse"].iloc[0]
        yield (
            f"The nine-layer net's own error is {mse(error)} here, another than in question 1: it "
            f"saw {own} pictures here and {there} there."
        )


def effects(reports: Path) -> pd.DataFrame:
    """A row for each net, the lowest error first: ``effect`` is the mean log ratio over seeds."""
    trials = results.trials(reports / REPORT)
    trials = trials.assign(change=[_change(trial) for _, trial in trials.iterrows()])
    base = trials[trials["change"] == NONE].set_index("seed")["test_mse"]
    nets = [_effect(str(name), group, base) for name, group in trials.groupby("change")]
    return pd.DataFrame(nets).sort_values("test_mse", ignore_index=True)


def _change(trial: pd.Series) -> str:
    factor = str(trial[FACTOR])
    if factor == NONE:
        return NONE
    names = [name for name in trial.index if name != FACTOR and name.split(".")[-1] == factor]
    value = trial[names[0]]
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    word = factor.replace("_", " ")
    return f"{WORDS.get(word, word)}: {shown}"


def _effect(name: str, group: pd.DataFrame, base: pd.Series) -> dict[str, object]:
    errors = group.set_index("seed")["test_mse"]
    effect = mean(np.log((errors / base).dropna()))
    sizes = {key: group[key].iloc[0] for key in ("latent_size", "bottleneck_size", "params")}
    return {**sizes, "change": name, "test_mse": errors.mean(), "effect": effect}


def _row(net: pd.Series) -> list[str]:
    same = net["change"] == NONE
    name = "nothing: the nine-layer net" if same else net["change"]
    sizes = (f"{net[key]:,}" for key in ("latent_size", "bottleneck_size", "params"))
    return [name, *sizes, mse(net["test_mse"]), "" if same else change_with_interval(net["effect"])]


def _told(nets: pd.DataFrame) -> str:
    changed = nets[nets["change"] != NONE]
    lower = [_named(net) for _, net in changed.iterrows() if _sign(net["effect"]) < 0]
    higher = [_named(net) for _, net in changed[::-1].iterrows() if _sign(net["effect"]) > 0]
    told = [f"These lower the error: {', '.join(lower)}."] if lower else []
    told += [f"These raise it: {', '.join(higher)}."] if higher else []
    if rest := len(changed) - len(lower) - len(higher):
        told.append(f"No effect is shown of {rest} of the {len(changed)} changes.")
    return " ".join(told)


def _named(net: pd.Series) -> str:
    return f"{net['change']} ({change(net['effect'].value)})"


def _sign(effect: Mean) -> int:
    if effect.low is None or effect.high is None:
        return 0
    return int(effect.low > 0) - int(effect.high < 0)


def draw(reports: Path, axes: Axes) -> None:
    """The change of the error by each net, with its interval."""
    nets = effects(reports)
    nets = nets[nets["change"] != NONE][::-1].reset_index(drop=True)
    for place, effect in enumerate(nets["effect"]):
        axes.plot(100 * np.expm1(effect.value), place, "o", color="C0")
        if effect.low is not None:
            ends = 100 * np.expm1([effect.low, effect.high])
            axes.plot(ends, [place, place], "-", color="C0", alpha=0.6)
    axes.axvline(0, color="0.6", linewidth=0.8)
    axes.set_yticks(range(len(nets)), nets["change"], fontsize=8)
    axes.set(xlabel="change of the test MSE (%)")
